{{%AUTOESCAPE context="HTML"}}
<article class="report">
<nav class="report-tools" aria-label="This report">
	<a href="/scans/{{ID}}">Back to the scan</a>
	<a href="/api/v1/scans/{{ID}}/anomalies?format=csv&amp;limit=1000" download>{{#MANY_ANOMALIES}}First 1,000 anomalies{{/MANY_ANOMALIES}}{{#ALL_ANOMALIES}}Anomalies{{/ALL_ANOMALIES}} as CSV</a>
	<a href="/api/v1/scans/{{ID}}/incidents?format=csv&amp;limit=200" download>{{#MANY_INCIDENTS}}Worst 200 incidents{{/MANY_INCIDENTS}}{{#ALL_INCIDENTS}}Incidents{{/ALL_INCIDENTS}} as CSV</a>
	<a href="/api/v1/scans/{{ID}}" download="scan-{{ID}}.json">JSON</a>
	<button type="button" class="btn btn-sm btn-primary needs-script" id="print">Print</button>
</nav>
<header class="letterhead">
	<p class="product">Home IoT Guardian <span class="meta">{{VERSION}}</span></p>
	<h1>{{FILE}}</h1>
	<p><span class="mark" data-mark="{{RESULT}}">{{RESULT}}</span> Scan {{ID}}, <time datetime="{{TIME}}">{{TIME_SHOWN}}</time> (<span data-zone>UTC</span>)</p>
	<p class="meta">Model {{MODEL}}, method {{METHOD}}, threshold {{THRESHOLD}}{{#STRATEGY}} ({{WORDS}}){{/STRATEGY}}{{#SPAN}}; flows from <time datetime="{{FIRST}}">{{FIRST_SHOWN}}</time> to <time datetime="{{LAST}}">{{LAST_SHOWN}}</time>{{/SPAN}}</p>
	{{#FAILED}}<p class="text-danger">It ended without results: {{WHY}}</p>{{/FAILED}}
</header>
<dl class="tiles">
	{{#TILE}}<div><dt>{{NAME}}</dt><dd>{{VALUE}}</dd></div>
	{{/TILE}}
</dl>
<section aria-labelledby="report-incidents">
	<h2 id="report-incidents">Incidents</h2>
	{{#NO_INCIDENTS}}<p>None.</p>
	{{/NO_INCIDENTS}}{{#INCIDENT}}<section class="case">
		<h3><span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span> {{TITLE}}{{#TECHNIQUE}} <span class="meta">ATT&amp;CK {{NAME}}</span>{{/TECHNIQUE}} <span class="meta">number {{NUMBER}}, {{MARK}}</span></h3>
		<p class="meta">By {{DEVICE}}, with {{PEER}}, {{FLOWS}}{{#WHEN}}, <time datetime="{{START}}">{{START_SHOWN}}</time> to <time datetime="{{END}}">{{END_SHOWN}}</time>{{/WHEN}}</p>
		<p>{{SENTENCE}}</p>
		<dl class="evidence">{{#EVIDENCE}}<div><dt>{{NAME}}</dt><dd>{{VALUE}} {{UNIT}}{{#NORMAL}} <span class="meta">(limit or usual: {{USUAL}})</span>{{/NORMAL}}</dd></div>{{/EVIDENCE}}</dl>
		<p>{{MEANING}} <strong>{{ADVICE}}</strong></p>
		{{#NOTE}}<p class="note">Note: {{WORDS}}</p>{{/NOTE}}
	</section>
	{{/INCIDENT}}{{#MORE_INCIDENTS}}<p class="meta">and {{N}} more, less bad</p>{{/MORE_INCIDENTS}}
</section>
{{#DEVICES}}<section aria-labelledby="report-devices">
	<h2 id="report-devices">Devices</h2>
	<table class="table">
		<thead><tr>
			<th scope="col">Device</th>
			<th scope="col">Address</th>
			<th scope="col" class="mac">MAC</th>
			<th scope="col" class="num">Flows</th>
			<th scope="col" class="num">Unusual</th>
			<th scope="col" class="num">Incidents</th>
		</tr></thead>
		<tbody>
			{{#DEVICE}}<tr><td class="name">{{NAME}}</td><td>{{ADDRESS}}</td><td class="mac">{{MAC}}</td><td class="num">{{FLOWS}}</td><td class="num">{{ODD}}</td><td class="num">{{INCIDENTS}}</td></tr>
			{{/DEVICE}}
		</tbody>
	</table>
	{{#MORE}}<p class="meta">and more, with fewer unusual flows</p>{{/MORE}}
</section>
{{/DEVICES}}{{#ANOMALIES}}<section aria-labelledby="report-anomalies">
	<h2 id="report-anomalies">Worst anomalies</h2>
	<p class="meta">{{SHOWN}} of {{ALL}}</p>
	<table class="table">
		<thead><tr>
			<th scope="col">Severity</th>
			<th scope="col" class="when">Last flow</th>
			<th scope="col" class="num rows">Rows</th>
			<th scope="col" class="device">Device</th>
			<th scope="col" class="num">Score</th>
			<th scope="col">What</th>
		</tr></thead>
		<tbody>
			{{#ANOMALY}}<tr>
				<td><span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span></td>
				<td class="when"><time datetime="{{WHEN}}">{{WHEN_SHOWN}}</time></td>
				<td class="num rows">{{ROWS}}</td>
				<td class="device">{{DEVICE}}</td>
				<td class="num">{{SCORE}}</td>
				<td class="name">{{WORDS}}</td>
			</tr>
			{{/ANOMALY}}
		</tbody>
	</table>
</section>
{{/ANOMALIES}}{{#SKIPPED}}<section aria-labelledby="report-skipped">
	<h2 id="report-skipped">Not used</h2>
	<p>{{ALL}} could not be used. The first:</p>
	<ul>{{#ROW}}<li>line {{LINE}}: {{REASON}} {{COLUMN}}</li>{{/ROW}}</ul>
</section>
{{/SKIPPED}}
</article>
