{{%AUTOESCAPE context="HTML"}}
<h1 class="page-title">Scan</h1>
<noscript>
	<p class="alert alert-warning">Without scripts one file is taken at a time, with the model's own method and threshold, and the answer is JSON: its
		<code>scan_id</code> is the number in the address <code>/scans/…</code> of the page of the scan.</p>
</noscript>
<section class="card drop" id="drop" aria-labelledby="drop-title">
	<form id="upload" action="/upload" method="post" enctype="multipart/form-data" data-max="{{MAX_UPLOAD_BYTES}}">
		<label class="target" id="idle">
			<svg class="icon big" aria-hidden="true"><use href="/static/current/images/icons.svg#file-earmark-arrow-up"></use></svg>
			<span class="words">
				<strong id="drop-title">Drop captures or flow records here</strong>
				<span>{{TAKEN}}{{#LIMIT}}; up to {{MAX_UPLOAD}} each{{/LIMIT}}. What a file is, its content says.</span>
			</span>
			<input class="visually-hidden" type="file" name="file" id="file" required multiple aria-label="Choose files with flows"
				accept=".csv,.tsv,.txt,.log,.labeled,.json,.jsonl,.ndjson,.pcap,.pcapng,.cap,.gz,.zst,application/octet-stream">
			<span class="btn btn-primary">Choose files</span>
		</label>
		<noscript><button class="btn btn-primary">Upload</button></noscript>
	</form>
	<div class="work" id="work" hidden>
		<p class="work-title"><strong id="work-title"></strong> <bdi class="name" id="work-file"></bdi></p>
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

<details class="card options" id="options">
	<summary>Method and threshold</summary>
	<div class="options-box">
		<fieldset>
			<legend>Method</legend>
			<label><input type="radio" name="method" value="auto" checked> <span><b>Automatic</b> – what the model was made for: now {{METHOD}}</span></label>
			<label><input type="radio" name="method" value="hybrid"> <span><b>Hybrid</b> – how rare each flow is for its device, with rules that name attacks; makes incidents</span></label>
			<label><input type="radio" name="method" value="lstm"> <span><b>LSTM</b> – the error of each window of {{WINDOW}} flows alone</span></label>
			<label><input type="radio" name="method" value="dense"> <span><b>Dense</b> – any table of numbers, each row by itself; learns from the file</span></label>
		</fieldset>
		<fieldset>
			<legend>Threshold</legend>
			<label><input type="radio" name="rule" value="own" checked> <span><b>The model's own</b> – now {{THRESHOLD}}</span></label>
			<label><input type="radio" name="rule" value="fpr"> <span><b>A share of false alarms</b> – of normal flows, about
				<input type="number" id="fpr" class="form-control form-control-sm" min="0.0001" max="50" step="any" value="0.01" aria-label="Share of false alarms in per cent"> %</span></label>
			<label><input type="radio" name="rule" value="number"> <span><b>A number</b> – flagged is what scores above
				<input type="number" id="number" class="form-control form-control-sm" min="0" step="any" value="{{THRESHOLD}}" aria-label="Threshold"></span></label>
		</fieldset>
		<p class="text-danger" id="options-error" role="alert" hidden></p>
	</div>
</details>

<details class="card paste" id="paste">
	<summary>Paste text</summary>
	<form id="paste-form">
		<label for="paste-text">CSV or JSON lines</label>
		<textarea class="form-control" id="paste-text" rows="8" spellcheck="false" autocomplete="off" placeholder="ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes"></textarea>
		<button class="btn btn-sm btn-primary">Scan the text</button>
	</form>
</details>

<section class="card first" id="first-steps" aria-labelledby="first-title">
	<h2 id="first-title">New here?</h2>
	<form class="sample" id="sample" action="/api/v1/samples/scan" method="post">
		<button class="btn btn-outline-secondary">Try a sample capture</button>
		<p class="meta" id="sample-said" role="status">A made-up home with a port scan, a flood and a theft of data in it.</p>
	</form>
	<ol>
		<li>Record the flows of your network, for example with Zeek, or take a capture of packets. In the simplest form, CSV, one line is one flow:
			<pre tabindex="0" aria-label="Example of a file">
ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes
1634567890.123,10,8,1200,850
1634567891.234,12,10,1350,920
1634567892.345,9,7,1100,780
</pre>
			<p>The first line names the columns; their order does not matter, others are ignored, and
				<code>ts</code> (seconds since 1970) may be missing. At least {{WINDOW}} flows make a window.</p>
		</li>
		<li>Drop the file on this page, or several: one scan is made of each.</li>
		<li>What is unusual becomes incidents: who, when, what it probably is, and what to do. The scan stays in the <a href="/scans">history</a>.</li>
	</ol>
</section>

<template id="queue-line">
	<li><span class="mark"></span><bdi class="name"></bdi><span class="result"></span><progress max="1" hidden></progress></li>
</template>
