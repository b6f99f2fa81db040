{{%AUTOESCAPE context="HTML"}}
<p class="crumbs"><a href="/scans/{{SCAN}}">Scan {{SCAN}}</a> <bdi class="cut" title="{{FILE}}">{{FILE}}</bdi></p>
<div class="story-page">
<section class="card story" aria-labelledby="story-title">
	<header>
		<h1 class="page-title" id="story-title"><span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span> {{TITLE}}</h1>
		<p class="meta">Incident {{ID}}, found <time datetime="{{FOUND}}">{{FOUND_SHOWN}}</time> <span class="mark judged" data-judged="{{MARK}}" data-show="mark">{{MARK}}</span></p>
	</header>
	<p class="happened">{{SENTENCE}}</p>
	<dl class="facts">
		{{#DEVICE}}<div><dt>Device</dt><dd>{{#BY_ID}}<a href="/devices/{{ID}}"><bdi class="cut" title="{{LABEL}}">{{LABEL}}</bdi></a>{{/BY_ID}}{{#PLAIN}}<bdi>{{LABEL}}</bdi>{{/PLAIN}}{{#IP}} <span class="quiet-word">{{WORDS}}</span>{{/IP}}{{#MAC}} <span class="quiet-word">{{WORDS}}</span>{{/MAC}}{{#VENDOR}} <span class="quiet-word"><bdi>{{WORDS}}</bdi></span>{{/VENDOR}}</dd></div>{{/DEVICE}}
		{{#PEER}}<div><dt>With</dt><dd>{{WORDS}}</dd></div>{{/PEER}}
		{{#WHEN}}<div><dt>When</dt><dd><time datetime="{{START}}">{{START_SHOWN}}</time> to <time datetime="{{END}}">{{END_SHOWN}}</time> ({{TOOK}})</dd></div>{{/WHEN}}
		<div><dt>Flows</dt><dd>{{FLOWS}}{{#BYTES}}; sent {{SENT}}, received {{RECEIVED}}{{/BYTES}}</dd></div>
		{{#RARITY}}<div><dt>How unusual</dt><dd>{{#ABOUT}}About {{/ABOUT}}<b>{{WORDS}}</b> normal flows is as unusual as its worst one <span class="quiet-word">(p = {{P}})</span></dd></div>{{/RARITY}}
		{{#TECHNIQUE}}<div><dt>MITRE ATT&amp;CK</dt><dd>{{TACTIC}} {{#LINK}}<a href="https://attack.mitre.org/techniques/{{MAIN}}/{{#SUB}}{{NUMBER}}/{{/SUB}}" rel="noopener noreferrer" target="_blank">{{ID}}</a>{{/LINK}}{{#PLAIN}}{{ID}}{{/PLAIN}}</dd></div>{{/TECHNIQUE}}
		{{#ALSO}}<div><dt>Signs of</dt><dd>{{WORDS}}</dd></div>{{/ALSO}}
	</dl>
	<h2>What this is</h2>
	<p>{{MEANING}}</p>
	<h2>What to do next</h2>
	<p class="advice">{{ADVICE}}</p>
	{{#HAS_EVIDENCE}}
	<h2>Evidence</h2>
	<table class="table evidence-rows">
		<thead><tr><th scope="col">Sign</th><th scope="col">Here</th><th scope="col">Normal</th></tr></thead>
		<tbody>{{#EVIDENCE}}<tr><th scope="row">{{NAME}}</th><td><b>{{VALUE}}</b></td><td>{{NORMAL}}</td></tr>{{/EVIDENCE}}</tbody>
	</table>
	{{/HAS_EVIDENCE}}
	<p class="buttons actions no-print">
		<button type="button" class="btn btn-sm btn-outline-secondary" data-copy="/scans/{{SCAN}}/incidents/{{ID}}" hidden>Copy link</button>
		<button type="button" class="btn btn-sm btn-outline-secondary" data-print hidden>Print</button>
		<a class="btn btn-sm btn-outline-secondary" href="/api/v1/scans/{{SCAN}}/incidents/{{ID}}" download="scan-{{SCAN}}-incident-{{ID}}.json">JSON</a>
		{{#HAS_FLOWS}}<a class="btn btn-sm btn-outline-secondary" href="/api/v1/scans/{{SCAN}}/flows?around={{ROW}}&amp;format=csv" download="scan-{{SCAN}}-incident-{{ID}}-flows.csv">Flows as CSV</a>{{/HAS_FLOWS}}
		<span class="outcome" role="status" id="copied"></span>
	</p>
</section>
{{>MARKING}}
</div>
{{#STRIP_CARD}}
<section class="card" aria-labelledby="heat-title">
	<header><h2 id="heat-title">Why its worst anomaly stands out</h2> <p class="meta"><a href="/scans/{{SCAN}}/anomalies/{{SEQUENCE}}">anomaly {{SEQUENCE}}</a></p></header>
	{{#HEAT}}{{>STRIP}}{{/HEAT}}
	{{#NO_HEAT}}<p>The shares of all values were not kept for it. The largest: {{FEATURE}}, {{VALUE}} in flow {{STEP}} of the window{{#SHARE}}, {{WORDS}} of the score{{/SHARE}}.</p>{{/NO_HEAT}}
</section>
{{/STRIP_CARD}}
<section class="card" aria-labelledby="flows-title">
	<h2 id="flows-title">Flows around its worst one</h2>
	{{>AROUND}}
</section>
{{#ANOMALIES}}
<section class="card" aria-labelledby="anomalies-title">
	<header><h2 id="anomalies-title">Its anomalies</h2> <p class="meta">{{#ALL}}all{{/ALL}}{{#SOME}}the first in the order of the file{{/SOME}}</p></header>
	<table class="table anomaly-rows">
		<thead><tr><th scope="col">Severity</th><th scope="col" class="when">Last flow</th><th scope="col" class="num">Rows</th><th scope="col" class="num wide">Score</th><th scope="col">Most unusual</th></tr></thead>
		<tbody>{{#ANOMALY}}
			<tr><td><span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span></td><td class="when"><time datetime="{{TIME}}">{{TIME_SHOWN}}</time></td><td class="num">{{FIRST}}–{{LAST}}</td><td class="num wide">{{SCORE}}</td><td><a href="/scans/{{SCAN}}/anomalies/{{ID}}">{{WORDS}}</a>{{#MARKED}} <span class="mark judged" data-judged="{{WORD}}">{{WORD}}</span>{{/MARKED}}</td></tr>
		{{/ANOMALY}}</tbody>
	</table>
</section>
{{/ANOMALIES}}
<nav class="paging no-print" aria-label="Other incidents of the scan">
	{{#BEFORE}}<a class="btn btn-sm btn-outline-secondary" href="/scans/{{SCAN}}/incidents/{{ID}}" rel="prev">Worse: incident {{ID}}</a>{{/BEFORE}}
	{{#BEHIND}}<a class="btn btn-sm btn-outline-secondary" href="/scans/{{SCAN}}/incidents/{{ID}}" rel="next">Next: incident {{ID}}</a>{{/BEHIND}}
</nav>
