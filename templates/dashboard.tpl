{{%AUTOESCAPE context="HTML"}}
<h1 class="visually-hidden">Overview</h1>
{{>BADGES}}
<noscript>
	<p class="alert alert-warning">Without scripts this page shows the list of scans only, and an upload answers with JSON.</p>
</noscript>
<p class="alert alert-warning notice" id="notice" role="status" {{#NO_NOTICE}}hidden{{/NO_NOTICE}}>{{NOTICE}}</p>

<section class="card drop" id="drop" aria-labelledby="drop-title">
	<form id="upload" action="/upload" method="post" enctype="multipart/form-data" data-max="{{MAX_UPLOAD_BYTES}}" data-window="{{WINDOW}}">
		<label class="target" id="idle">
			<svg class="icon big" aria-hidden="true"><use href="/static/current/images/icons.svg#file-earmark-arrow-up"></use></svg>
			<span class="words">
				<strong id="drop-title">Drop captures or flow records here</strong>
				<span>
					{{TAKEN}}{{#LIMIT}}; up to {{MAX_UPLOAD}} each{{/LIMIT}}.
					What a file is, its content says.
				</span>
			</span>
			<input class="visually-hidden" type="file" name="file" id="file" required multiple aria-label="Choose files with flows"
				accept=".csv,.tsv,.txt,.log,.labeled,.json,.jsonl,.ndjson,.pcap,.pcapng,.cap,.gz,.zst,application/octet-stream">
			<span class="btn btn-primary">Choose files</span>
		</label>
		<noscript><button class="btn btn-primary">Upload</button></noscript>
	</form>
	<div class="work" id="work" hidden>
		<p class="work-title"><strong id="work-title"></strong> <span class="name" id="work-file"></span></p>
		<progress id="work-bar" max="1" aria-labelledby="work-title"></progress>
		<p class="work-detail">
			<span id="work-detail"></span>
			<span class="work-buttons">
				<button type="button" class="btn btn-sm btn-outline-secondary" id="cancel">Cancel</button>
				<button type="button" class="btn btn-sm btn-outline-secondary" id="cancel-all" hidden>Cancel all</button>
			</span>
		</p>
	</div>
	<section class="queue" id="queue" hidden aria-labelledby="queue-title">
		<h2 class="visually-hidden" id="queue-title">Files</h2>
		<ol id="queue-lines"></ol>
	</section>
</section>

<section class="card scan" id="scan" hidden aria-labelledby="scan-title">
	<header>
		<h2 id="scan-title" tabindex="-1"></h2>
		<p class="meta" id="scan-meta"></p>
		<a class="close" href="#" id="scan-close" title="Close" aria-label="Close this scan">
			<svg class="icon" aria-hidden="true"><use href="/static/current/images/icons.svg#x-lg"></use></svg>
		</a>
	</header>
	<p class="verdict" id="verdict"><span class="mark" id="verdict-mark"></span> <span id="verdict-text"></span></p>
	<p class="recognised" id="recognised" hidden></p>
	<ul class="notes" id="notes" aria-label="Notes on the file" hidden></ul>
	<div class="skipped" id="skipped" hidden>
		<p id="skipped-title"></p>
		<ul class="reasons" id="skipped-reasons" aria-label="By reason" hidden></ul>
		<ul id="skipped-list" aria-label="The first ones" hidden></ul>
	</div>
	<div id="scan-body">
		<section class="incidents" id="incidents" aria-labelledby="incidents-title">
			<header>
				<h3 id="incidents-title">Incidents</h3>
				<p class="meta" id="incidents-meta"></p>
			</header>
			<ol id="incident-list"></ol>
			<button type="button" class="btn btn-sm btn-outline-secondary" id="more-incidents" hidden></button>
		</section>
		<dl class="tiles">
			<div><dt>Flows</dt><dd id="tile-flows"></dd><dd class="note" id="tile-flows-note"></dd></div>
			<div><dt>Windows</dt><dd id="tile-windows"></dd><dd class="note" id="tile-windows-note"></dd></div>
			<div><dt>Anomalies</dt><dd id="tile-anomalies"></dd><dd class="note" id="tile-anomalies-note"></dd></div>
			<div><dt>Rate</dt><dd id="tile-rate"></dd><dd class="note">of all windows</dd></div>
			<div><dt>Threshold</dt><dd id="tile-threshold"></dd><dd class="note">of the model</dd></div>
			<div><dt id="tile-mean-name">Mean error</dt><dd id="tile-mean"></dd><dd class="note" id="tile-mean-note"></dd></div>
			<div><dt id="tile-max-name">Largest error</dt><dd id="tile-max"></dd><dd class="note" id="tile-max-note"></dd></div>
			<div><dt>Time</dt><dd id="tile-time"></dd><dd class="note" id="tile-time-note"></dd></div>
		</dl>
		<section class="curve" id="curve" aria-labelledby="curve-title">
			<header>
				<h3 id="curve-title">Error over the file</h3>
				<p class="meta" id="curve-meta"></p>
				<fieldset class="switch" id="scale">
					<legend class="visually-hidden">Scale of the error</legend>
					<label><input type="radio" name="scale" value="linear"><span>Linear</span></label>
					<label><input type="radio" name="scale" value="logarithmic"><span>Log</span></label>
				</fieldset>
			</header>
			<div class="plot"><canvas id="plot" role="img" aria-labelledby="curve-title curve-meta"></canvas></div>
		</section>
		<section class="anomalies" id="anomalies" aria-labelledby="anomalies-title">
			<header>
				<h3 id="anomalies-title">Anomalies</h3>
				<p class="meta" id="anomalies-meta"></p>
				<ul class="marks" id="severities" aria-label="By severity"></ul>
			</header>
			<table class="table">
				<thead><tr>
					<th scope="col">Severity</th>
					<th scope="col" class="when">Last flow</th>
					<th scope="col" class="num wide">Flows</th>
					<th scope="col" class="wide device">Device</th>
					<th scope="col" class="num wide" id="anomalies-error">Error</th>
					<th scope="col" class="num" id="anomalies-times">× threshold</th>
					<th scope="col" class="why">Most unusual</th>
					<th scope="col"><span class="visually-hidden">Details</span></th>
				</tr></thead>
				<tbody id="anomaly-rows"></tbody>
			</table>
			<button type="button" class="btn btn-sm btn-outline-secondary" id="more-anomalies" hidden></button>
		</section>
	</div>
</section>

<section class="card first" id="first-steps" aria-labelledby="first-title" {{#NO_FIRST_STEPS}}hidden{{/NO_FIRST_STEPS}}>
	<h2 id="first-title">Start here</h2>
	<ol>
		<li>Record the flows of your network, for example with Zeek, or take what other tools gave you. In the simplest form, CSV, one line is one flow:
			<pre tabindex="0" aria-label="Example of a file">
ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes
1634567890.123,10,8,1200,850
1634567891.234,12,10,1350,920
1634567892.345,9,7,1100,780
</pre>
			<p>The first line names the columns; their order does not matter, others are ignored, and
				<code>ts</code> (seconds since 1970) may be missing. At least {{WINDOW}} flows make a window.</p>
		</li>
		<li>Drop the file on this page, or several: one scan is made of each. Every window of {{WINDOW}} flows gets an error: how badly the model, which
			has seen normal traffic only, can reproduce it.</li>
		<li>What is unusual becomes incidents: who, when, what it probably is, and what to do. The windows above the threshold are listed below
			them. The scan stays in the history.</li>
	</ol>
</section>

<section class="card history" id="history" aria-labelledby="history-title">
	<header>
		<h2 id="history-title">History</h2>
		<p class="meta" id="zone">Times in UTC</p>
	</header>
	<p class="empty" id="history-empty" {{#NO_EMPTY}}hidden{{/NO_EMPTY}}>{{EMPTY_WORDS}}</p>
	<table class="table" id="history-table" {{#NO_TABLE}}hidden{{/NO_TABLE}}>
		<thead><tr>
			<th scope="col" class="num id">Scan</th>
			<th scope="col" class="when">Time</th>
			<th scope="col" class="file">File</th>
			<th scope="col" class="num incidents">Incidents</th>
			<th scope="col" class="num windows">Windows</th>
			<th scope="col" class="num anomalies">Anomalies</th>
			<th scope="col" class="num rate">Rate</th>
			<th scope="col" class="result">Result</th>
		</tr></thead>
		<tbody id="history-rows">{{#SCAN}}{{>ROW}}{{/SCAN}}</tbody>
	</table>
	<button type="button" class="btn btn-sm btn-outline-secondary" id="older" {{#NO_OLDER}}hidden{{/NO_OLDER}}>Older scans</button>
	<p class="text-danger" id="history-error" role="alert" hidden></p>
</section>

<template id="history-row">{{>BLANK_ROW}}</template>
<template id="queue-line">
	<li><span class="mark"></span><span class="name"></span><span class="result"></span><progress max="1" hidden></progress></li>
</template>
<template id="incident-item">
	<li class="incident">
		<h4><span class="mark"></span> <span class="title"></span></h4>
		<p class="meta number"></p>
		<p class="who">
			<span><b>Device</b> <span class="device"></span></span>
			<span><b>With</b> <span class="peer"></span></span>
			<span class="when"><b>When</b> <time></time> – <time></time></span>
		</p>
		<p class="sentence"></p>
		<details>
			<summary>What it is, what to do, and the numbers</summary>
			<p class="meaning"></p>
			<p class="advice"></p>
			<dl class="evidence"></dl>
		</details>
	</li>
</template>
<template id="anomaly-row">
	<tr class="anomaly">
		<td><span class="mark"></span></td>
		<td class="when"><time></time></td>
		<td class="num wide flows"></td>
		<td class="wide device"></td>
		<td class="num wide error"></td>
		<td class="num times"></td>
		<td class="why"></td>
		<td class="open">
			<button type="button" class="btn btn-sm" aria-expanded="false">
				<svg class="icon" aria-hidden="true"><use href="/static/current/images/icons.svg#chevron-down"></use></svg>
				<span class="visually-hidden"></span>
			</button>
		</td>
	</tr>
	<tr class="detail" hidden><td colspan="8"><div class="detail-box"><p class="detail-story"></p><p class="detail-words"></p><dl class="sample"></dl></div></td></tr>
</template>
