{{%AUTOESCAPE context="HTML"}}
{{#AWAY}}<h1 class="visually-hidden">Overview</h1>
<p class="alert alert-warning notice" role="status">{{WHY}}. The server tries again by itself; its log and that of the database say more.</p>
{{/AWAY}}{{#FIRST}}<section class="card welcome" aria-labelledby="welcome-title">
	<h1 id="welcome-title">Nothing was scanned yet</h1>
	<p>Give it a capture of your network, or flow records of another tool: it says which device does what it should not, why, and what to do.</p>
	<form class="next" id="sample" action="/api/v1/samples/scan" method="post">
		<a class="btn btn-primary" href="/new">Scan a file</a>
		<button class="btn btn-outline-secondary">Try it with a sample capture</button>
		<span class="meta" id="sample-state" role="status"></span>
	</form>
	<h2>What it takes</h2>
	<p>{{TAKEN}}. In the simplest form, CSV, one line is one flow; at least {{WINDOW}} of them are needed:</p>
	<pre tabindex="0" aria-label="Example of a file">ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes
1634567890.123,10,8,1200,850
1634567891.234,12,10,1350,920
1634567892.345,9,7,1100,780</pre>
	<p>The first line names the columns; their order does not matter, others are ignored, and <code>ts</code> (seconds since 1970) may be missing. With the
		columns of Zeek, or a capture, it also knows who did it.</p>
</section>
{{/FIRST}}{{#KNOWN}}<section class="card headline" data-mark="{{TONE}}">
	{{#OPEN}}<h1>{{INCIDENTS}}, {{ONLY}}: <a href="{{HREF}}">{{TITLE}}</a></h1>
	<p class="meta">Device: {{DEVICE}}. {{SCANS}} so far.</p>
	{{/OPEN}}{{#QUIET}}<h1>All quiet</h1>
	<p class="meta">No incident is open in {{SCANS}}.</p>
	{{/QUIET}}<p class="next"><a class="btn btn-primary" href="/new">Scan a file</a></p>
</section>
<div class="overview">
<section class="card glance" aria-labelledby="incidents-title">
	<header>
		<h2 id="incidents-title">Open incidents</h2>
		<p class="meta"><a href="/incidents?mark=open">All {{OPEN_N}}</a>, not marked as expected or confirmed</p>
	</header>
	<ul class="severities">
		{{#SEVERITY}}<li><a href="/incidents?mark=open&amp;severity={{NAME}}" data-mark="{{MARK}}"><b>{{N}}</b> <span>{{NAME}}</span> <span class="visually-hidden">open {{WORD}}</span></a></li>
		{{/SEVERITY}}
	</ul>
	{{#NO_INCIDENTS}}<p class="empty">None. What is found next is listed here.</p>
	{{/NO_INCIDENTS}}<ol class="newest" aria-label="The newest">
		{{#INCIDENT}}<li>
			<span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span>
			<div>
				<a class="what" href="{{HREF}}">{{TITLE}}</a> <span class="who">· <span class="visually-hidden">device </span>{{DEVICE}}</span>
				<p>{{SENTENCE}}</p>
				<p class="meta"><a href="{{SCAN}}">{{FILE}}</a>, <time datetime="{{FOUND}}">{{FOUND_SHOWN}}</time></p>
			</div>
		</li>
		{{/INCIDENT}}
	</ol>
</section>
<section class="card glance" aria-labelledby="devices-title">
	<header>
		<h2 id="devices-title">Devices by risk</h2>
		<p class="meta"><a href="/devices">{{DEVICES}}</a></p>
	</header>
	<ul class="risks">
		{{#RISK}}<li data-mark="{{MARK}}"><b>{{N}}</b> <span>{{NAME}}</span></li>
		{{/RISK}}
	</ul>
	{{#NO_DEVICES}}<p class="empty">No device is known yet: files without addresses, such as CSV with counts alone, do not tell any.</p>
	{{/NO_DEVICES}}{{#NO_RISK}}<p class="empty">No device has an incident that is open or confirmed.</p>
	{{/NO_RISK}}<ol class="riskiest" aria-label="The highest risk">
		{{#DEVICE_ROW}}<li>
			<a href="{{HREF}}">{{NAME}}</a> <span class="meta address">{{ADDRESS}}</span>
			<span class="meta">{{INCIDENTS}}</span>
			<span class="mark" data-mark="{{MARK}}" title="Risk, 0 to 100"><span class="visually-hidden">risk </span>{{RISK}}</span>
		</li>
		{{/DEVICE_ROW}}
	</ol>
</section>
<section class="card activity" aria-labelledby="activity-title">
	<header>
		<h2 id="activity-title">Flows and anomalies over time</h2>
	</header>
	{{#NO_ACTIVITY}}<p class="empty">No scan has come to its end yet.</p>
	{{/NO_ACTIVITY}}{{#ACTIVITY}}{{#CHART}}<figure>
		<figcaption><b>{{TITLE}}</b> <span class="meta">{{SUM}} in all, at most {{MOST}} in one</span></figcaption>
		<svg class="bars {{CLASS}}" viewBox="0 0 600 100" preserveAspectRatio="none" role="img" aria-label="{{TITLE}}: bars; the table below has the numbers">
			{{#BAR}}<rect x="{{X}}" y="{{Y}}" width="{{W}}" height="{{H}}"/>{{/BAR}}
		</svg>
	</figure>
	{{/CHART}}<p class="meta axis"><span>{{#BY_DAY}}One bar is one day (UTC){{/BY_DAY}}{{#BY_SCAN}}One bar is one scan{{/BY_SCAN}}, {{SPAN}}</span>
		<span><time datetime="{{FIRST}}">{{FIRST_SHOWN}}</time> to <time datetime="{{LAST}}">{{LAST_SHOWN}}</time></span></p>
	<details>
		<summary>As a table</summary>
		<div class="scroll" tabindex="0" role="region" aria-label="Flows and anomalies over time, as a table">
		<table class="table">
			<thead><tr>
				<th scope="col">When</th>
				<th scope="col">What</th>
				<th scope="col" class="num">Flows</th>
				<th scope="col" class="num">Anomalies</th>
				<th scope="col" class="num">Incidents</th>
			</tr></thead>
			<tbody>
				{{#BUCKET}}<tr>
					<td>{{#AT}}<time datetime="{{START}}">{{START_SHOWN}}</time>{{/AT}}{{#ON}}{{DAY}}{{/ON}}</td>
					<td class="name">{{#OF_SCAN}}<a href="{{HREF}}">{{FILE}}</a>{{/OF_SCAN}}{{#OF_DAY}}{{SCANS}}{{/OF_DAY}}</td>
					<td class="num">{{FLOWS}}</td>
					<td class="num">{{ANOMALIES}}</td>
					<td class="num">{{INCIDENTS}}</td>
				</tr>
				{{/BUCKET}}
			</tbody>
		</table>
		</div>
	</details>
	{{/ACTIVITY}}
</section>
<section class="card newest-scans" aria-labelledby="last-title">
	<header>
		<h2 id="last-title">Last scans</h2>
		<p class="meta"><a href="/scans">All {{TOTAL}}</a></p>
	</header>
	<ol>
		{{#SCAN}}<li>
			<a href="{{HREF}}">{{FILE}}</a>
			<span class="mark" data-mark="{{RESULT}}">{{RESULT}}</span>
			<span class="meta"><time datetime="{{TIME}}">{{TIME_SHOWN}}</time></span>
			<span class="meta found">{{FOUND}}</span>
		</li>
		{{/SCAN}}
	</ol>
</section>
</div>
{{/KNOWN}}<section class="card system" aria-labelledby="system-title">
	<header>
		<h2 id="system-title">System</h2>
		<p class="meta">version {{VERSION}}, since <time datetime="{{SINCE}}">{{SINCE_SHOWN}}</time></p>
	</header>
	<dl>
		<div><dt>State</dt><dd><span class="dot" data-tone="{{STATUS_TONE}}">{{STATUS}}</span></dd></div>
		<div><dt>Database</dt><dd><span class="dot" data-tone="{{DATABASE_TONE}}">{{DATABASE}}</span></dd></div>
		<div><dt>Model</dt><dd><a href="/model">{{MODEL}}</a></dd></div>
		<div><dt>Threshold</dt><dd>{{THRESHOLD}} <span class="meta">by {{METHOD}}</span></dd></div>
		{{#POOL}}<div><dt>{{NAME}}</dt><dd>{{BUSY}} <span class="meta">of {{ALL}} workers busy</span></dd></div>
		{{/POOL}}
	</dl>
	<p class="meta">{{MODEL_WORDS}}</p>
</section>
