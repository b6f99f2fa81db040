{{%AUTOESCAPE context="HTML"}}
<p class="crumbs"><a href="/devices">Devices</a></p>
<div class="device-page">
<section class="card" aria-labelledby="device-title">
	{{#DEVICE}}
	<h1 class="page-title cut" id="device-title" title="{{LABEL}}"><bdi data-show="name" data-otherwise="{{LABEL}}">{{LABEL}}</bdi></h1>
	{{/DEVICE}}
	<dl class="facts">
		{{#DEVICE}}
		{{#IP}}<div><dt>IP address</dt><dd>{{WORDS}}</dd></div>{{/IP}}
		{{#MAC}}<div><dt>MAC address</dt><dd>{{WORDS}}</dd></div>{{/MAC}}
		<div><dt>Maker</dt><dd>{{#VENDOR}}<bdi>{{WORDS}}</bdi>{{/VENDOR}}{{#RANDOM}}unknown: it made up its MAC address{{/RANDOM}}{{#UNKNOWN_MAKER}}unknown{{/UNKNOWN_MAKER}}</dd></div>
		{{/DEVICE}}
		<div><dt>Risk</dt><dd><span class="risk-box"><meter min="0" max="100" low="19" high="49" optimum="0" value="{{RISK}}" aria-label="Risk {{RISK}} of 100"></meter> <span class="risk-word" data-level="{{LEVEL}}">{{LEVEL}}</span> <span class="quiet-word">{{RISK}} of 100</span></span></dd></div>
		<div><dt>Open incidents</dt><dd><a href="/incidents?device={{ID}}&amp;sort=worst">{{OPEN}}</a></dd></div>
		<div><dt>Flows</dt><dd>{{FLOWS}}, of these {{FLAGGED}} unusual</dd></div>
		<div><dt>Scans</dt><dd><a href="/scans?device={{ID}}">{{SCANS}}</a></dd></div>
		{{#FIRST}}<div><dt>First seen</dt><dd><time datetime="{{SEEN}}">{{SEEN_SHOWN}}</time></dd></div>{{/FIRST}}
		<div><dt>Last seen</dt><dd><time datetime="{{LAST}}">{{LAST_SHOWN}}</time></dd></div>
	</dl>
</section>
<section class="card marking" aria-labelledby="marking-title">
	<h2 id="marking-title">Name and note</h2>
	<form data-patch="/api/v1/devices/{{ID}}" autocomplete="off">
		<label for="name">Name</label>
		<input class="form-control" type="text" id="name" name="name" maxlength="255" value="{{NAME}}" dir="auto" placeholder="such as: lamp in the kitchen">
		<label for="note">Note</label>
		<textarea class="form-control" id="note" name="note" maxlength="1000" rows="3" dir="auto">{{#NOTE}}{{#BREAK}}&#10;{{/BREAK}}{{TEXT}}{{/NOTE}}</textarea>
		<p class="buttons"><button class="btn btn-primary btn-sm" disabled>Save</button> <span class="outcome" role="status"></span></p>
		<noscript><p class="meta">Saving takes scripts, which are switched off; programs can PATCH /api/v1/devices/{{ID}}.</p></noscript>
	</form>
</section>
</div>
<section class="card" aria-labelledby="incidents-title">
	<header><h2 id="incidents-title">Incidents</h2> <p class="meta"><a href="/incidents?device={{ID}}">All incidents of this device</a></p></header>
	{{#NO_INCIDENTS}}<p class="empty">None in the scans that are there.</p>{{/NO_INCIDENTS}}
	<ol class="incident-rows">
		{{#INCIDENT}}{{>LINE}}{{/INCIDENT}}
	</ol>
</section>
<section class="card" aria-labelledby="baseline-title">
	<header><h2 id="baseline-title">What is usual for it</h2>{{#BASELINE}}<p class="meta">learnt from {{LEARNT}}; 95 of 100 were in these ranges</p>{{/BASELINE}}</header>
	{{#NO_BASELINE}}<p class="empty">Too few of its flows are known to tell.</p>{{/NO_BASELINE}}
	{{#BASELINE}}
	<table class="table baseline">
		<thead><tr><th scope="col">Feature</th><th scope="col">Usual range</th><th scope="col">Middle</th></tr></thead>
		<tbody>{{#FEATURE}}
			<tr><th scope="row" title="{{NAME}}">{{WORDS}}</th><td>{{RANGE}}</td><td>{{MIDDLE}}</td></tr>
		{{/FEATURE}}</tbody>
	</table>
	<dl class="flags">{{#FLAGS}}<div><dt>{{NAME}}</dt>{{#FLAG}}<dd>{{WORDS}}</dd>{{/FLAG}}</div>{{/FLAGS}}</dl>
	{{/BASELINE}}
</section>
<section class="card" aria-labelledby="scans-title">
	<header><h2 id="scans-title">Scans</h2>{{#MORE_SCANS}}<p class="meta">the newest of them</p>{{/MORE_SCANS}}</header>
	<table class="table device-scans">
		<thead><tr><th scope="col">File</th><th scope="col" class="when">Time</th><th scope="col" class="num">Flows</th><th scope="col" class="num wide">Unusual</th><th scope="col" class="num wide">Sent</th><th scope="col" class="num wide">Received</th><th scope="col">Result</th></tr></thead>
		<tbody>{{#SCAN}}
			<tr>
				<th scope="row" class="file"><a href="/scans/{{ID}}" title="{{FILE}}"><bdi>{{FILE}}</bdi></a></th>
				<td class="when"><time datetime="{{TIME}}">{{TIME_SHOWN}}</time></td>
				<td class="num">{{FLOWS}}</td><td class="num wide">{{FLAGGED}}</td><td class="num wide">{{SENT}}</td><td class="num wide">{{RECEIVED}}</td>
				<td><span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span></td>
			</tr>
		{{/SCAN}}</tbody>
	</table>
</section>
