{{%AUTOESCAPE context="HTML"}}
<h1 class="page-title">Devices</h1>
<form class="search" action="/devices" method="get" role="search">
	<label class="visually-hidden" for="q">Name, IP or MAC address</label>
	<input class="form-control" type="search" id="q" name="q" value="{{Q}}" maxlength="255" placeholder="Name, IP or MAC address" autocomplete="off">
	{{#SORTED}}<input type="hidden" name="sort" value="{{SORT}}">{{/SORTED}}
	<button class="btn btn-primary">Search</button>
	{{#FILTERED}}<a class="btn btn-outline-secondary" href="/devices">Show all</a>{{/FILTERED}}
</form>
{{#EMPTY}}
<section class="card" aria-labelledby="empty-title">
	<h2 id="empty-title">No device yet</h2>
	<p>Devices come with scans: <a href="/new">scan a capture</a> whose flows have addresses, and each device in it is here, with what is usual for it and what was not.</p>
</section>
{{/EMPTY}}
{{#NONE_FOUND}}<p class="card empty">No device here. <a href="/devices">Show all devices</a></p>{{/NONE_FOUND}}
{{#TABLE}}{{#FULL}}
<section class="card" aria-label="Devices">
	<table class="table device-table">
		<thead><tr>
			<th scope="col" {{#HEAD_NAME}}aria-sort="{{WAY}}"{{/HEAD_NAME}}>{{#HEAD_NAME}}<a href="/devices?{{QUERY}}">Device</a> {{ARROW}}{{/HEAD_NAME}}</th>
			<th scope="col" class="address" {{#HEAD_IP}}aria-sort="{{WAY}}"{{/HEAD_IP}}>{{#HEAD_IP}}<a href="/devices?{{QUERY}}">Address</a> {{ARROW}}{{/HEAD_IP}}</th>
			<th scope="col" class="vendor">Maker</th>
			<th scope="col" class="risk" {{#HEAD_RISK}}aria-sort="{{WAY}}"{{/HEAD_RISK}}>{{#HEAD_RISK}}<a href="/devices?{{QUERY}}">Risk</a> {{ARROW}}{{/HEAD_RISK}}</th>
			<th scope="col" class="num open-n">Open incidents</th>
			<th scope="col" class="num flows" {{#HEAD_FLOWS}}aria-sort="{{WAY}}"{{/HEAD_FLOWS}}>{{#HEAD_FLOWS}}<a href="/devices?{{QUERY}}">Flows</a> {{ARROW}}{{/HEAD_FLOWS}}</th>
			<th scope="col" class="seen" {{#HEAD_SEEN}}aria-sort="{{WAY}}"{{/HEAD_SEEN}}>{{#HEAD_SEEN}}<a href="/devices?{{QUERY}}">Last seen</a> {{ARROW}}{{/HEAD_SEEN}}</th>
		</tr></thead>
		<tbody>
			{{#ROW}}
			<tr>
				{{#DEVICE}}
				<th scope="row" class="label"><a href="/devices/{{ID}}" title="{{LABEL}}"><bdi>{{LABEL}}</bdi></a></th>
				<td class="address">{{#IP}}<span>{{WORDS}}</span>{{/IP}}{{#MAC}} <span class="mac">{{WORDS}}</span>{{/MAC}}</td>
				<td class="vendor">{{#VENDOR}}<bdi title="{{WORDS}}">{{WORDS}}</bdi>{{/VENDOR}}{{#RANDOM}}<span class="quiet-word">own address</span>{{/RANDOM}}</td>
				{{/DEVICE}}
				<td class="risk"><span class="risk-box"><meter min="0" max="100" low="19" high="49" optimum="0" value="{{RISK}}" aria-label="Risk {{RISK}} of 100"></meter> <span class="risk-word" data-level="{{LEVEL}}">{{LEVEL}}</span></span></td>
				<td class="num open-n">{{#SOME_OPEN}}<a href="/incidents?device={{ID}}&amp;sort=worst">{{OPEN}}</a>{{/SOME_OPEN}}{{#NO_OPEN}}0{{/NO_OPEN}}</td>
				<td class="num flows">{{FLOWS}}</td>
				<td class="seen"><time datetime="{{SEEN}}">{{SEEN_SHOWN}}</time></td>
			</tr>
			{{/ROW}}
		</tbody>
	</table>
	<p class="meta">Risk comes from the incidents of a device that are not marked as expected. Times in <span data-zone>UTC</span>. “Own address”: the device made up its MAC address, so nobody can tell its maker.</p>
</section>
{{/FULL}}{{/TABLE}}
<nav class="paging" aria-label="Pages of the list">
	{{#NOT_FIRST}}<a class="btn btn-sm btn-outline-secondary" href="/devices?{{FIRST_QUERY}}">First page</a>{{/NOT_FIRST}}
	{{#NEXT}}<a class="btn btn-sm btn-outline-secondary" href="/devices?{{QUERY}}" rel="next">More devices</a>{{/NEXT}}
	<a class="meta" href="/api/v1/devices?{{CSV_QUERY}}" download="devices.csv">CSV</a>
</nav>
