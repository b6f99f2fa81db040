{{%AUTOESCAPE context="HTML"}}
<h1 class="page-title">API</h1>
<p>
	Whatever this website does, programs can do too. One file describes all of it, for people on this page and for tools as it is:
	<a href="/api/v1/openapi.json">/api/v1/openapi.json</a> (OpenAPI 3.1).
</p>
<noscript><p class="alert alert-warning">This page is made of that file by a script. Without scripts, open the file itself.</p></noscript>
<div class="docs" id="docs" aria-busy="true">
	<div id="docs-intro"></div>
	<div class="docs-find">
		<label for="docs-filter">Find</label>
		<input class="form-control" type="search" id="docs-filter" placeholder="scans, upload, PATCH …" autocomplete="off" spellcheck="false">
		<p class="meta" id="docs-found" role="status"></p>
	</div>
	<div id="docs-tags"></div>
	<p class="alert alert-warning" id="docs-failed" role="alert" hidden></p>
</div>
