{{%AUTOESCAPE context="HTML"}}
<h1 class="page-title">Incidents{{#OF_DEVICE}} of <a href="/devices/{{ID}}"><bdi class="cut" title="{{LABEL}}">{{LABEL}}</bdi></a>{{/OF_DEVICE}}{{#OF_SCAN}} of <a href="/scans/{{ID}}">scan {{ID}}</a>{{/OF_SCAN}}</h1>
<form class="search" action="/incidents" method="get">
	<label>Judged <select class="form-select" name="mark"><option value="any">any</option>{{#MARKS}}<option value="{{VALUE}}" {{#HERE}}selected{{/HERE}}>{{VALUE}}</option>{{/MARKS}}</select></label>
	<label>Severity <select class="form-select" name="severity"><option value="any">any</option>{{#SEVERITIES}}<option value="{{VALUE}}" {{#HERE}}selected{{/HERE}}>{{VALUE}}</option>{{/SEVERITIES}}</select></label>
	<label>Order <select class="form-select" name="sort">{{#SORTS}}<option value="{{VALUE}}" {{#HERE}}selected{{/HERE}}>{{VALUE}} first</option>{{/SORTS}}</select></label>
	{{#KEEP}}<input type="hidden" name="{{NAME}}" value="{{VALUE}}">{{/KEEP}}
	<button class="btn btn-primary">Show</button>
	{{#FILTERED}}<a class="btn btn-outline-secondary" href="/incidents">Show all</a>{{/FILTERED}}
</form>
<section class="card" aria-label="Incidents">
	{{#EMPTY}}<p class="empty">No incident here.</p>{{/EMPTY}}
	<ol class="incident-rows">{{#INCIDENT}}{{>LINE}}{{/INCIDENT}}</ol>
</section>
<nav class="paging" aria-label="Pages of the list">
	{{#NOT_FIRST}}<a class="btn btn-sm btn-outline-secondary" href="/incidents?{{QUERY}}">First page</a>{{/NOT_FIRST}}
	{{#NEXT}}<a class="btn btn-sm btn-outline-secondary" href="/incidents?{{QUERY}}" rel="next">More incidents</a>{{/NEXT}}
	<a class="meta" href="/api/v1/incidents?{{CSV_QUERY}}" download="incidents.csv">CSV</a>
</nav>
