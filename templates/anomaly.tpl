{{%AUTOESCAPE context="HTML"}}
<p class="crumbs"><a href="/scans/{{SCAN}}">Scan {{SCAN}}</a> <bdi class="cut" title="{{FILE}}">{{FILE}}</bdi>{{#INCIDENT}} › <a href="/scans/{{SCAN}}/incidents/{{ID}}">Incident {{ID}}</a>{{/INCIDENT}}</p>
<div class="story-page">
<section class="card story" aria-labelledby="story-title">
	<header>
		<h1 class="page-title" id="story-title"><span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span> {{TITLE}}</h1>
		<p class="meta">Anomaly {{ID}} <span class="mark judged" data-judged="{{MARK}}" data-show="mark">{{MARK}}</span></p>
	</header>
	{{#SENTENCE}}<p class="happened">{{WORDS}}</p>{{/SENTENCE}}
	<dl class="facts">
		{{#WHO}}<div><dt>Flow</dt><dd>{{FROM}} → {{TO}}</dd></div>{{/WHO}}
		{{#WHEN}}<div><dt>Last flow</dt><dd><time datetime="{{TIME}}">{{TIME_SHOWN}}</time></dd></div>{{/WHEN}}
		<div><dt>Rows of the file</dt><dd>{{FIRST}} to {{LAST}}, counted from 0</dd></div>
		<div><dt>Score</dt><dd>{{SCORE}}; the threshold is {{THRESHOLD}}{{#TIMES}}, it is {{N}} times that{{/TIMES}}</dd></div>
		{{#RARITY}}<div><dt>How unusual</dt><dd>{{#ABOUT}}About {{/ABOUT}}<b>{{WORDS}}</b> normal flows is as unusual <span class="quiet-word">(p = {{P}})</span></dd></div>{{/RARITY}}
		{{#TECHNIQUE}}<div><dt>MITRE ATT&amp;CK</dt><dd>{{TACTIC}} {{#LINK}}<a href="https://attack.mitre.org/techniques/{{MAIN}}/{{#SUB}}{{NUMBER}}/{{/SUB}}" rel="noopener noreferrer" target="_blank">{{ID}}</a>{{/LINK}}{{#PLAIN}}{{ID}}{{/PLAIN}}</dd></div>{{/TECHNIQUE}}
		{{#INCIDENT}}<div><dt>Part of</dt><dd><a href="/scans/{{SCAN}}/incidents/{{ID}}">incident {{ID}}</a></dd></div>{{/INCIDENT}}
	</dl>
	{{#KNOWN}}
	<h2>What this is</h2>
	<p>{{MEANING}}</p>
	<h2>What to do next</h2>
	<p class="advice">{{ADVICE}}</p>
	{{/KNOWN}}
	<p class="buttons actions no-print">
		<button type="button" class="btn btn-sm btn-outline-secondary" data-copy="/scans/{{SCAN}}/anomalies/{{ID}}" hidden>Copy link</button>
		<button type="button" class="btn btn-sm btn-outline-secondary" data-print hidden>Print</button>
		<a class="btn btn-sm btn-outline-secondary" href="/api/v1/scans/{{SCAN}}/anomalies/{{ID}}" download="scan-{{SCAN}}-anomaly-{{ID}}.json">JSON</a>
		<span class="outcome" role="status" id="copied"></span>
	</p>
</section>
{{>MARKING}}
</div>
<section class="card" aria-labelledby="heat-title">
	<h2 id="heat-title">Why it stands out</h2>
	{{#HEAT}}{{>STRIP}}{{/HEAT}}
	{{#NO_HEAT}}
	<p>The shares of all values are kept for the worst anomalies of a scan only. The largest share here: {{FEATURE}}, <b>{{VALUE}}</b> in flow {{STEP}} of the window{{#SHARE}}, {{WORDS}} of the score{{/SHARE}}.</p>
	{{/NO_HEAT}}
</section>
<section class="card" aria-labelledby="sample-title">
	<h2 id="sample-title">{{SAMPLE_TITLE}}</h2>
	<dl class="facts sample-facts">{{#SAMPLE}}<div><dt title="{{NAME}}">{{WORDS}}</dt><dd>{{VALUE}}</dd></div>{{/SAMPLE}}</dl>
</section>
<section class="card" aria-labelledby="flows-title">
	<h2 id="flows-title">Flows around it</h2>
	{{>AROUND}}
</section>
<nav class="paging no-print" aria-label="Other anomalies of the scan">
	{{#BEFORE}}<a class="btn btn-sm btn-outline-secondary" href="/scans/{{SCAN}}/anomalies/{{ID}}" rel="prev">Before: anomaly {{ID}}</a>{{/BEFORE}}
	{{#BEHIND}}<a class="btn btn-sm btn-outline-secondary" href="/scans/{{SCAN}}/anomalies/{{ID}}" rel="next">Next: anomaly {{ID}}</a>{{/BEHIND}}
</nav>
