{{%AUTOESCAPE context="HTML"}}
<h1 class="page-title">Two scans compared</h1>
{{#ASK}}<section class="card">
	<p>Which two? The number of a scan stands in front of it in the <a href="/scans">history</a>, where two can also be ticked.</p>
	<form class="fields" method="get" action="/scans/compare">
		<label>A <input class="form-control" type="number" name="a" min="1" required></label>
		<label>B <input class="form-control" type="number" name="b" min="1" required></label>
		<button class="btn btn-primary">Compare</button>
	</form>
</section>
{{/ASK}}{{#COMPARED}}<div class="pair">
	{{#SCAN}}<section class="card" aria-label="Scan {{LETTER}}">
		<h2><span class="letter">{{LETTER}}</span> <a href="{{HREF}}">{{FILE}}</a></h2>
		<p><span class="mark" data-mark="{{RESULT}}">{{RESULT}}</span></p>
		<p class="meta">Scan {{ID}}, <time datetime="{{TIME}}">{{TIME_SHOWN}}</time>; method {{METHOD}}, model {{MODEL}}</p>
	</section>
	{{/SCAN}}
</div>
{{#NOTES}}<section class="card" aria-label="Before you compare">
	<ul class="notes">{{#NOTE}}<li>{{WORDS}}</li>{{/NOTE}}</ul>
</section>
{{/NOTES}}<section class="card" aria-labelledby="numbers-title">
	<header>
		<h2 id="numbers-title">Numbers</h2>
		<p class="meta"><a href="{{SWAP}}">Swap A and B</a></p>
	</header>
	<table class="table against">
		<thead><tr>
			<th scope="col">What</th>
			<th scope="col" class="num">A</th>
			<th scope="col" class="num">B</th>
			<th scope="col" class="num">B against A</th>
		</tr></thead>
		<tbody>
			{{#NUMBER}}<tr>
				<th scope="row">{{TITLE}}</th>
				<td class="num">{{A}}</td>
				<td class="num">{{B}}</td>
				<td class="num">{{#MORE}}<span class="visually-hidden">more by </span><span aria-hidden="true">+</span>{{BY}}{{/MORE}}{{#LESS}}<span class="visually-hidden">less by </span><span aria-hidden="true">−</span>{{BY}}{{/LESS}}{{#SAME}}=<span class="visually-hidden"> the same</span>{{/SAME}}{{#UNKNOWN}}–{{/UNKNOWN}}</td>
			</tr>
			{{/NUMBER}}
		</tbody>
	</table>
</section>
<section class="card" aria-labelledby="same-title">
	<header>
		<h2 id="same-title">Incidents</h2>
		<p class="meta">the same when device, kind and the other side are</p>
	</header>
	{{#GROUP}}<section class="group" aria-labelledby="{{ID}}">
		<h3 id="{{ID}}">{{TITLE}} <span class="meta">{{N}}</span></h3>
		{{#NONE}}<p class="empty">None.</p>
		{{/NONE}}<ul>
			{{#INCIDENT}}<li>
				<span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span>
				<span class="what"><a href="{{HREF}}">{{TITLE}}</a> · <span class="visually-hidden">device </span>{{DEVICE}} with {{PEER}}{{#EXPECTED}} <span class="meta">expected</span>{{/EXPECTED}}{{#CONFIRMED}} <span class="meta">confirmed</span>{{/CONFIRMED}}</span>
				<span class="meta">{{FLOWS}}</span>
			</li>
			{{/INCIDENT}}
		</ul>
		{{#REST}}<p class="meta">and {{REST}} more: the API has all of them</p>
		{{/REST}}
	</section>
	{{/GROUP}}
</section>
<section class="card" aria-labelledby="known-title">
	<header>
		<h2 id="known-title">Devices</h2>
		<p class="meta">{{BOTH_DEVICES}} in both</p>
	</header>
	{{#DEVICES}}<section class="group" aria-labelledby="{{ID}}">
		<h3 id="{{ID}}">{{TITLE}} <span class="meta">{{N}}</span></h3>
		{{#NONE}}<p class="empty">None.</p>
		{{/NONE}}<ul>
			{{#DEVICE}}<li>
				<span class="what"><a href="{{HREF}}">{{NAME}}</a></span>
				<span class="meta">{{FLOWS}}, {{INCIDENTS}}</span>
			</li>
			{{/DEVICE}}
		</ul>
	</section>
	{{/DEVICES}}
</section>
{{/COMPARED}}
