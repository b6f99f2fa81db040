{{%AUTOESCAPE context="HTML"}}
<div class="result" id="result" data-scan="{{ID}}" data-state="{{STATE}}" data-method="{{METHOD}}" data-threshold="{{THRESHOLD_EXACT}}">
<section class="card scan" aria-labelledby="scan-title">
	<header>
		<h1 class="page-title" id="scan-title" tabindex="-1" title="{{FILE}}"><bdi>{{FILE}}</bdi></h1>
		<p class="meta"><a href="/scans/{{ID}}">Scan {{ID}}</a>, <time datetime="{{TIME}}">{{TIME_SHOWN}}</time> <span data-zone>UTC</span>{{#MODEL}}; model {{NAME}}{{/MODEL}}{{#SPAN}}; flows from <time datetime="{{FIRST}}">{{FIRST_SHOWN}}</time> to <time datetime="{{LAST}}">{{LAST_SHOWN}}</time>{{/SPAN}}</p>
	</header>
	<p class="verdict" id="verdict"><span class="mark" id="verdict-mark" data-mark="{{MARK}}">{{MARK}}</span> <span id="verdict-text">
		{{#V_INCIDENTS}}{{N}}: {{ODD}} of {{FLOWS}}{{#OF}} of {{DEVICES}}{{/OF}} {{LOOK}} unusual ({{SHARE}}).{{/V_INCIDENTS}}
		{{#V_ODD}}No incident: {{ODD}} of {{FLOWS}}{{#OF}} of {{DEVICES}}{{/OF}} {{LOOK}} unusual, which is too little for an alarm.{{/V_ODD}}
		{{#V_QUIET}}Nothing unusual in {{FLOWS}}{{#OF}} of {{DEVICES}}{{/OF}}.{{/V_QUIET}}
		{{#V_WINDOWS}}{{ODD}} of {{WINDOWS}} {{LOOK}} unusual ({{SHARE}}).{{/V_WINDOWS}}
		{{#V_NO_WINDOW}}Nothing unusual: the error of all {{WINDOWS}} is at or below the threshold.{{/V_NO_WINDOW}}
		{{#V_RUNNING}}{{ROWS}} read so far.{{/V_RUNNING}}
		{{#V_ENDED}}{{WHY}}.{{/V_ENDED}}
	</span></p>
	{{#RUNNING}}
	<div class="work" id="work">
		<p class="work-title"><strong id="work-title">Scanning</strong></p>
		<progress id="work-bar" max="1" aria-labelledby="work-title"></progress>
		<p class="work-detail">
			<span id="work-detail">This page follows it.</span>
			<button type="button" class="btn btn-sm btn-outline-secondary" id="cancel">Cancel</button>
		</p>
	</div>
	<noscript><p><a href="/scans/{{ID}}">Look again</a> in a moment.</p></noscript>
	{{/RUNNING}}
	{{#ADVICE}}<p class="what-next">{{WORDS}}{{#AGAIN}} <a href="/new">Scan a file</a>.{{/AGAIN}}</p>{{/ADVICE}}
	{{#RECOGNISED}}<p class="recognised" id="recognised">Recognised as {{FORMAT}}{{#DIALECT}} ({{NAME}}){{/DIALECT}}{{#PACKING}} out of {{NAME}}, {{UNPACKED}} unpacked{{/PACKING}}{{#PACKETS}}, {{N}}{{/PACKETS}}</p>{{/RECOGNISED}}
	{{#NOTES}}<ul class="notes" id="notes" aria-label="Notes on the file">{{#NOTE}}<li>{{WORDS}}</li>{{/NOTE}}</ul>{{/NOTES}}
	{{#SKIPPED}}
	<div class="skipped" id="skipped">
		<p id="skipped-title">{{#SOME}}{{ROWS}} of the file could not be used{{#FIRST}}; the first {{N}} are below{{/FIRST}}:{{/SOME}}{{#NONE}}Left out:{{/NONE}}</p>
		{{#REASONS}}<ul class="reasons" id="skipped-reasons" aria-label="By reason">{{#REASON}}<li>{{N}} × {{WHAT}}</li>{{/REASON}}</ul>{{/REASONS}}
		{{#LINES}}<ul id="skipped-list" aria-label="The first ones">{{#LINE}}<li>{{#AT}}{{KIND}} {{N}}{{/AT}}{{#COMMA}}, {{/COMMA}}{{COLUMN}}{{#COLON}}: {{/COLON}}{{REASON}}</li>{{/LINE}}</ul>{{/LINES}}
	</div>
	{{/SKIPPED}}
	{{#TILES}}
	<dl class="tiles">
		<div data-mark="{{TILE_MARK}}"><dt>Incidents</dt><dd id="tile-incidents">{{INCIDENTS}}</dd><dd class="note">{{INCIDENTS_NOTE}}</dd></div>
		<div><dt>{{FLOWS_NAME}}</dt><dd id="tile-flows">{{FLOWS}}</dd><dd class="note">{{FLOWS_NOTE}}</dd></div>
		<div><dt>Anomalies</dt><dd id="tile-anomalies">{{ANOMALIES}}</dd><dd class="note">of {{WINDOWS}}</dd></div>
		<div><dt>Rate</dt><dd id="tile-rate">{{RATE}}</dd><dd class="note">anomalies of all {{UNITS}}</dd></div>
		<div><dt>Devices</dt><dd id="tile-devices">{{DEVICES}}</dd><dd class="note">{{DEVICES_NOTE}}</dd></div>
		<div><dt>Threshold</dt><dd id="tile-threshold">{{THRESHOLD}}</dd><dd class="note">{{THRESHOLD_NOTE}}</dd></div>
		<div><dt>Largest {{SCORE}}</dt><dd id="tile-max">{{LARGEST}}</dd><dd class="note">mean {{MEAN}}</dd></div>
		<div><dt>Time</dt><dd id="tile-time">{{SECONDS}}</dd><dd class="note">for {{BYTES}}{{#SPEED}}, {{N}}/s{{/SPEED}}</dd></div>
	</dl>
	{{/TILES}}
	{{#ACTIONS}}
	<ul class="actions" aria-label="Take it with you">
		{{#DONE}}
		<li><a class="btn btn-sm btn-outline-secondary" href="/scans/{{ID}}/report">Printable report</a></li>
		<li><a class="btn btn-sm btn-outline-secondary" href="/scan/{{ID}}" download="scan-{{ID}}.json">All as JSON</a></li>
		<li><a class="btn btn-sm btn-outline-secondary" href="/api/v1/scans/{{ID}}/incidents?format=csv&amp;limit=200" download="scan-{{ID}}-incidents.csv">Incidents as CSV</a></li>
		{{#FLOWS_KEPT}}
		<li><a class="btn btn-sm btn-outline-secondary" href="/api/v1/scans/{{ID}}/flows?format=csv" download="scan-{{ID}}-flows.csv">Flagged flows as CSV</a></li>
		<li><a class="btn btn-sm btn-outline-secondary" href="/api/v1/scans/{{ID}}/flows?format=zeek" download="scan-{{ID}}-conn.log">… as Zeek log</a></li>
		{{/FLOWS_KEPT}}
		{{/DONE}}
		<li class="last"><button type="button" class="btn btn-sm btn-outline-secondary" id="delete" hidden>Delete</button></li>
	</ul>
	{{/ACTIONS}}
	<p class="undo" id="undo" role="status" tabindex="-1" hidden><span id="undo-text"></span> <button type="button" class="btn btn-sm btn-outline-secondary" id="restore" hidden>Undo</button></p>
</section>

{{#INCIDENTS_LIST}}
<section class="card incidents" id="incidents" aria-labelledby="incidents-title">
	<header>
		<h2 id="incidents-title">Incidents</h2>
		<p class="meta" id="incidents-meta">{{META}}</p>
	</header>
	<ol id="incident-list">
		{{#INCIDENT}}
		<li class="incident" data-incident="{{N}}">
			<h3><span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span> <a class="title" href="/scans/{{ID}}/incidents/{{N}}" title="{{TITLE}}">{{TITLE}}</a>{{#TECHNIQUE}} <span class="technique">{{NAME}}</span>{{/TECHNIQUE}}</h3>
			<p class="meta number">{{#MARKED}}<span class="mark">{{WORD}}</span> {{/MARKED}}Incident {{N}}</p>
			<p class="who">
				{{#DEVICE}}<span><b>Device</b> {{#BY_ID}}<a class="device" href="/devices/{{NUMBER}}" title="{{NAME}}"><bdi>{{NAME}}</bdi></a>{{/BY_ID}}{{#BY_NAME}}<bdi class="device" title="{{NAME}}">{{NAME}}</bdi>{{/BY_NAME}}{{#BESIDE}} ({{ADDRESS}}){{/BESIDE}}</span>{{/DEVICE}}
				{{#PEER}}<span><b>With</b> {{WHOM}}</span>{{/PEER}}
				{{#WHEN}}<span class="when"><b>When</b> <time datetime="{{START}}">{{START_SHOWN}}</time> – <time datetime="{{END}}">{{END_SHOWN}}</time></span>{{/WHEN}}
				<span><b>Flows</b> {{FLOWS}}</span>
			</p>
			<p class="sentence">{{SENTENCE}}</p>
		</li>
		{{/INCIDENT}}
	</ol>
	{{#MORE}}<a class="btn btn-sm btn-outline-secondary" id="more-incidents" href="/scans/{{ID}}?skip={{SKIP}}#incidents">{{WORDS}}</a>{{/MORE}}
	{{#BACK}}<p class="meta"><a href="/scans/{{ID}}">Back to the scan</a></p>{{/BACK}}
</section>
{{/INCIDENTS_LIST}}

{{#CURVE}}
<section class="card curve" id="curve" aria-labelledby="curve-title" data-windows="{{WINDOWS_EXACT}}" data-spans="{{SPANS}}" data-unit="{{UNIT}}">
	<header>
		<h2 id="curve-title">{{SCORE_TITLE}} over the file</h2>
		<p class="meta" id="curve-meta">{{WINDOWS}}</p>
		<div class="plot-tools">
			<div class="tools" role="group" aria-label="Zoom">
				<button type="button" class="btn btn-sm btn-outline-secondary" id="zoom-in" aria-label="Zoom in" disabled>+</button>
				<button type="button" class="btn btn-sm btn-outline-secondary" id="zoom-out" aria-label="Zoom out" disabled>−</button>
				<button type="button" class="btn btn-sm btn-outline-secondary" id="zoom-left" aria-label="Earlier" disabled>←</button>
				<button type="button" class="btn btn-sm btn-outline-secondary" id="zoom-right" aria-label="Later" disabled>→</button>
				<button type="button" class="btn btn-sm btn-outline-secondary" id="zoom-all" disabled>All</button>
			</div>
			<fieldset class="switch" id="scale">
				<legend class="visually-hidden">Scale of the {{SCORE}}</legend>
				<label><input type="radio" name="scale" value="linear" checked><span>Linear</span></label>
				<label><input type="radio" name="scale" value="logarithmic"><span>Log</span></label>
			</fieldset>
		</div>
	</header>
	<div class="plot" id="plot-box" tabindex="0" role="group" aria-label="Chart: drag to zoom; plus and minus zoom, arrows move, 0 shows all" aria-describedby="curve-summary">
		<canvas id="plot" role="img" aria-labelledby="curve-title curve-meta"></canvas>
	</div>
	<p class="meta under-plot" id="curve-here">&nbsp;</p>
	<p class="visually-hidden" id="curve-summary"></p>
	<details class="numbers" id="curve-numbers"><summary>The numbers as a table</summary><div class="numbers-box"></div></details>
	<noscript><p class="meta">The chart needs scripts; <a href="/api/v1/scans/{{ID}}/curve">its numbers</a> do not.</p></noscript>
</section>
{{/CURVE}}

{{#WHATIF}}
<section class="card whatif" id="whatif" aria-labelledby="whatif-title">
	<header>
		<h2 id="whatif-title">What if the threshold were another?</h2>
		<p class="meta" id="whatif-meta"></p>
	</header>
	<div class="whatif-box">
		<div class="whatif-left">
			<div class="plot histogram"><canvas id="histogram" role="img" aria-labelledby="whatif-title" aria-describedby="whatif-summary"></canvas></div>
			<label class="visually-hidden" for="whatif-slider">Threshold</label>
			<input type="range" id="whatif-slider" min="0" max="0" value="0" step="1" disabled>
			<p class="visually-hidden" id="whatif-summary"></p>
		</div>
		<dl class="tiles whatif-tiles">
			<div><dt>Threshold</dt><dd id="whatif-threshold">–</dd><dd class="note" id="whatif-meaning">&nbsp;</dd></div>
			<div><dt>Flows flagged</dt><dd id="whatif-flows">–</dd><dd class="note" id="whatif-flows-note">&nbsp;</dd></div>
			<div><dt>Anomalies</dt><dd id="whatif-anomalies">–</dd><dd class="note" id="whatif-anomalies-note">&nbsp;</dd></div>
			<div><dt>Incidents</dt><dd id="whatif-incidents">–</dd><dd class="note" id="whatif-incidents-note">&nbsp;</dd></div>
		</dl>
	</div>
	{{#LABELS}}
	<div class="labels" id="labels">
		<div class="label-plots">
			<figure><div class="plot square"><canvas id="roc" role="img" aria-label="ROC: attacks found over false alarms"></canvas></div><figcaption class="meta">Attacks found (TPR) over false alarms (FPR, log): ROC</figcaption></figure>
			<figure><div class="plot square"><canvas id="pr" role="img" aria-label="Precision over recall"></canvas></div><figcaption class="meta">Precision over attacks found (recall)</figcaption></figure>
		</div>
		<dl class="tiles label-tiles">
			<div><dt>Attacks found</dt><dd id="label-tpr">–</dd><dd class="note" id="label-tpr-note">recall, TPR</dd></div>
			<div><dt>False alarms</dt><dd id="label-fpr">–</dd><dd class="note" id="label-fpr-note">FPR</dd></div>
			<div><dt>Precision</dt><dd id="label-precision">–</dd><dd class="note">alarms that are attacks</dd></div>
			<div><dt>F1</dt><dd id="label-f1">–</dd><dd class="note">precision and recall in one</dd></div>
		</dl>
	</div>
	{{/LABELS}}
	<p class="whatif-actions">
		<button type="button" class="btn btn-sm btn-outline-secondary" id="whatif-own" disabled>Back to the scan's own</button>
		{{#USE}}<button type="button" class="btn btn-sm btn-primary" id="whatif-use" disabled>Use this threshold…</button>{{/USE}}
		<span class="meta" id="whatif-said" role="status"></span>
	</p>
	<details class="numbers" id="whatif-numbers"><summary>The numbers as a table</summary><div class="numbers-box"></div></details>
	<noscript><p class="meta">The slider needs scripts; <a href="/api/v1/scans/{{ID}}/scores">its numbers</a> do not.</p></noscript>
	<dialog id="use-dialog" aria-labelledby="use-title">
		<form method="dialog">
			<h2 id="use-title">Use this threshold?</h2>
			<p id="use-words"></p>
			<p>Scans from now on use it; scans that were made keep theirs. On the page <a href="/model">Model</a> one button goes back.</p>
			<p class="dialog-buttons">
				<button class="btn btn-sm btn-outline-secondary" value="no" autofocus>No</button>
				<button class="btn btn-sm btn-primary" value="yes" id="use-yes">Use it</button>
			</p>
		</form>
	</dialog>
</section>
{{/WHATIF}}

{{#ANOMALIES_LIST}}
<section class="card anomalies" id="anomalies" aria-labelledby="anomalies-title">
	<header>
		<h2 id="anomalies-title">Anomalies</h2>
		<p class="meta" id="anomalies-meta">{{META}}</p>
		<ul class="marks" id="severities" aria-label="By severity">{{#COUNTED}}<li><span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span> {{N}}</li>{{/COUNTED}}</ul>
	</header>
	<table class="table">
		<thead><tr>
			<th scope="col">Severity</th>
			<th scope="col" class="when">Last flow</th>
			<th scope="col" class="num wide">{{ROWS_NAME}}</th>
			{{#HOSTS}}<th scope="col" class="wide device">Device</th>{{/HOSTS}}
			<th scope="col" class="num wide">{{SCORE_TITLE}}</th>
			<th scope="col" class="num">{{RATIO_TITLE}}</th>
			<th scope="col" class="why">Most unusual</th>
		</tr></thead>
		<tbody id="anomaly-rows">
			{{#ANOMALY}}
			<tr class="anomaly">
				<td><span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span></td>
				<td class="when"><time datetime="{{TIME}}">{{TIME_SHOWN}}</time></td>
				<td class="num wide flows">{{FIRST}}–{{LAST}}</td>
				{{#HOST}}<td class="wide device">{{NAME}}</td>{{/HOST}}
				<td class="num wide error">{{ERROR}}</td>
				<td class="num times">{{RATIO}}</td>
				<td class="why"><a href="/scans/{{ID}}/anomalies/{{SEQUENCE}}">{{WHY}}<span class="visually-hidden">, {{UNIT}} {{SEQUENCE}}</span></a></td>
			</tr>
			{{/ANOMALY}}
		</tbody>
	</table>
	{{#MORE}}<a class="btn btn-sm btn-outline-secondary" id="more-anomalies" href="/scans/{{ID}}?from={{FROM}}#anomalies">{{WORDS}}</a>{{/MORE}}
	{{#BACK}}<p class="meta"><a href="/scans/{{ID}}">Back to the scan</a></p>{{/BACK}}
</section>
{{/ANOMALIES_LIST}}
</div>
