{{%AUTOESCAPE context="HTML"}}
<h1 class="page-title">Model</h1>
<p class="outcome card notice" id="said" tabindex="-1" hidden></p>
{{#AWAY}}<p class="alert alert-warning notice" role="status">{{WHY}}. Jobs cannot be shown or started until the database is back.</p>
{{/AWAY}}<section class="card" id="job" aria-labelledby="job-title" data-job="{{JOB_ID}}" {{#NO_RUNNING}}hidden{{/NO_RUNNING}}>
	<header><h2 id="job-title">{{JOB_TITLE}}</h2><p class="meta" id="job-phase" aria-live="off">{{JOB_PHASE}}</p></header>
	<progress id="job-bar" max="1" aria-labelledby="job-title"{{#JOB_SHARE}} value="{{VALUE}}"{{/JOB_SHARE}}></progress>
	<p class="work-detail"><span id="job-detail">&nbsp;</span>
		<button type="button" class="btn btn-sm btn-outline-secondary" id="job-cancel">Cancel</button></p>
</section>
{{#ENDED}}<section class="card job-ended" id="ended" aria-labelledby="ended-title" data-state="{{STATE}}" tabindex="-1">
	<header><h2 id="ended-title">{{TITLE}}</h2><p class="meta">job {{ID}}, <time datetime="{{WHEN}}">{{WHEN_SHOWN}}</time></p></header>
	<p class="verdict">{{WORDS}}{{#JUDGED}}The model was judged by {{FLOWS}} of {{FILE}}, {{ATTACKS}} of them attacks.{{/JUDGED}}</p>
	{{#CHANGE}}<dl class="tiles change">
		<div><dt>Threshold before</dt><dd>{{BEFORE}}</dd></div>
		<div><dt>Threshold now</dt><dd>{{AFTER}}</dd></div>
		<div><dt>Found by</dt><dd>{{STRATEGY}}</dd></div>
		<div><dt>Learnt from</dt><dd>{{FLOWS}}</dd></div>
	</dl>
	{{/CHANGE}}{{#NOTES}}<ul class="notes" aria-label="Notes">{{#NOTE}}<li>{{TEXT}}</li>{{/NOTE}}</ul>
	{{/NOTES}}{{#QUALITY}}{{>QUALITY}}{{/QUALITY}}
</section>
{{/ENDED}}<section class="card" aria-labelledby="used-title">
	<header><h2 id="used-title">In use</h2></header>
	<p id="model-words">{{WORDS}}</p>
	<dl class="facts">
		<div><dt>File</dt><dd>{{NAME}}</dd></div>
		<div><dt>SHA-256</dt><dd><code title="{{SHA256}}">{{SHA256_SHORT}}</code></dd></div>
		<div><dt>In use since</dt><dd>{{#SINCE}}<time datetime="{{TIME}}">{{TIME_SHOWN}}</time>{{/SINCE}}{{#SHIPPED}}it was installed, as shipped{{/SHIPPED}}</dd></div>
		{{#ADAPTED}}<div><dt>Made of</dt><dd>{{BASE}}</dd></div>
		{{/ADAPTED}}{{#FILE}}<div><dt>Adapted to</dt><dd>{{NAME}}, {{FLOWS}}</dd></div>
		{{/FILE}}<div><dt>Method of scans</dt><dd>{{METHOD}}: {{METHOD_WORDS}}</dd></div>
		<div><dt>Looks at</dt><dd>{{FEATURES}} of each flow, {{WINDOW}} flows of a device at a time</dd></div>
		{{#CALIBRATED}}<div><dt>Calibrated on</dt><dd>{{FLOWS}} {{OF}}</dd></div>
		{{/CALIBRATED}}{{#BASIC}}<div><dt>For files without hosts</dt><dd>{{NAME}}</dd></div>
		{{/BASIC}}
	</dl>
	{{#RESET}}<p class="actions"><button type="button" class="btn btn-outline-secondary" id="model-reset">Go back one step</button>
		<span class="meta">{{WHERE}}</span></p>
	{{/RESET}}
</section>
<section class="card" aria-labelledby="thresholds-title">
	<header><h2 id="thresholds-title">Thresholds</h2><p class="meta">What scores above is an alarm. Lower finds more and is wrong more often.</p></header>
	<div class="table-responsive" tabindex="0" role="region" aria-label="Table of thresholds">
	<table class="table table-sm wide">
		<thead><tr><th scope="col">Method</th><th scope="col" class="num">Threshold</th><th scope="col">How it was found</th><th scope="col">What it means</th></tr></thead>
		<tbody>{{#THRESHOLD}}<tr><th scope="row">{{METHOD}}{{#USED}} <span class="mark">used</span>{{/USED}}</th><td class="num">{{VALUE}}</td><td>{{STRATEGY}}</td><td>{{MEANS}}{{#UNUSUAL}}as unusual as one normal flow in {{N}}, or more unusual{{/UNUSUAL}}</td></tr>
		{{/THRESHOLD}}</tbody>
	</table>
	</div>
	{{#MAY_CHANGE}}<form class="threshold" id="threshold">
		<label>New threshold <input class="form-control form-control-sm" type="number" name="threshold" id="threshold-value" min="0" step="any" required value="{{VALUE}}"></label>
		<label>of method <select class="form-select form-select-sm" name="method" id="threshold-method">{{#OPTION}}<option{{#SELECTED}} selected{{/SELECTED}}>{{NAME}}</option>{{/OPTION}}</select></label>
		<button class="btn btn-sm btn-outline-secondary" id="threshold-set">Use it</button>
	</form>
	{{/MAY_CHANGE}}
</section>
{{#MAY_ADAPT}}<section class="card" aria-labelledby="adapt-title">
	<header><h2 id="adapt-title">Adapt to this home</h2></header>
	<p>False alarms? Give it a file of traffic that you know to be normal, best of some days, with {{LEAST}} flows or more: it learns from that what is
		normal in your home. Attacks that it knows are left out. The model of before is kept, one click leads back.</p>
	<form class="file" id="adapt" action="/api/v1/model/adapt" method="post" enctype="multipart/form-data">
		<label class="btn btn-primary" for="adapt-file">This traffic is normal: adapt to it</label>
		<input class="visually-hidden" type="file" name="file" id="adapt-file" required accept="{{ACCEPT}}">
		<label class="inline">Threshold <select class="form-select form-select-sm" id="adapt-strategy">
			<option value="">found as before</option>
			<option value="budget:1/day">for about one false alarm a day</option>
			<option value="budget:1/week">for about one false alarm a week</option>
			<option value="fpr:0.001">that one normal flow in 1,000 exceeds</option>
			<option value="fpr:0.0001">that one normal flow in 10,000 exceeds</option>
		</select></label>
		<noscript><button class="btn btn-outline-secondary">Send</button></noscript>
	</form>
</section>
{{/MAY_ADAPT}}<section class="card" aria-labelledby="quality-title">
	<header><h2 id="quality-title">How good is it?</h2></header>
	<p>Give it a file whose flows are labelled (a column such as <code>label</code>, <code>detailed-label</code> or <code>attack</code>), up to {{MOST}} of them: it
		is judged on the last fifth of each device's flows, beside simple detectors that learnt from the flows before.</p>
	<form class="file" id="evaluate" action="/api/v1/evaluations" method="post" enctype="multipart/form-data">
		<label class="btn btn-outline-secondary" for="evaluate-file">Judge the model by a labelled file</label>
		<input class="visually-hidden" type="file" name="file" id="evaluate-file" required accept="{{ACCEPT}}">
		<noscript><button class="btn btn-outline-secondary">Send</button></noscript>
	</form>
	{{#LAST}}<h3>{{FILE}}, <time datetime="{{WHEN}}">{{WHEN_SHOWN}}</time></h3>
	{{>QUALITY}}
	{{/LAST}}
</section>
<section class="card" aria-labelledby="jobs-title">
	<header><h2 id="jobs-title">Jobs</h2></header>
	{{#NO_JOBS}}<p class="meta">There was none yet.</p>
	{{/NO_JOBS}}{{#JOBS}}<div class="table-responsive" tabindex="0" role="region" aria-label="Table of jobs">
	<table class="table table-sm wide jobs">
		<thead><tr><th scope="col">Job</th><th scope="col">What</th><th scope="col">File</th><th scope="col">State</th><th scope="col">Started</th><th scope="col" class="num">Took</th><th scope="col">Report</th></tr></thead>
		<tbody>{{#ROW}}<tr><td><a href="/model?job={{ID}}">{{ID}}</a></td><td>{{WHAT}}</td><td class="name">{{FILE}}</td><td><span class="mark" data-mark="{{STATE}}">{{STATE}}</span></td><td><time datetime="{{WHEN}}">{{WHEN_SHOWN}}</time></td><td class="num">{{TOOK}}</td><td>{{#REPORT}}<a href="/api/v1/jobs/{{ID}}/report">Report<span class="visually-hidden"> of job {{ID}}</span></a>{{/REPORT}}</td></tr>
		{{/ROW}}</tbody>
	</table>
	</div>
	{{#OLDER}}<p><a href="/model?cursor={{CURSOR}}#jobs-title">Older jobs</a></p>
	{{/OLDER}}{{/JOBS}}
</section>
<section class="card" aria-labelledby="card-title">
	<header><h2 id="card-title">Model card</h2><p class="meta"><a href="/api/v1/model/card">as Markdown</a></p></header>
	<details>
		<summary>What the model was trained on, what it is worth and what it is bad at</summary>
		<div class="card-text">{{>CARD}}</div>
	</details>
</section>
