{{%AUTOESCAPE context="HTML"}}
<h1 class="page-title">{{#TITLE}}History{{/TITLE}}{{#TITLE_DELETED}}Recently deleted{{/TITLE_DELETED}}</h1>
<section class="card" aria-label="Search">
	<form class="narrow" id="filters" method="get" action="/scans" role="search">
		{{#HIDDEN}}<input type="hidden" name="{{NAME}}" value="{{VALUE}}">
		{{/HIDDEN}}<p class="find">
			<label class="visually-hidden" for="q">A part of the file’s name</label>
			<input class="form-control" type="search" id="q" name="q" value="{{Q}}" maxlength="200" placeholder="A part of the file’s name">
			<button class="btn btn-primary">Search</button>
		</p>
		<details{{#MORE_GIVEN}} open{{/MORE_GIVEN}}>
			<summary>Filters</summary>
			<div class="fields">
				<label>From <input class="form-control" type="date" name="from" value="{{FROM}}"></label>
				<label>To <input class="form-control" type="date" name="to" value="{{TO}}"></label>
				<label>Severity <select class="form-select" name="severity">
					<option value="">Any</option>
					{{#SEVERITY}}<option value="{{VALUE}}"{{#CHOSEN}} selected{{/CHOSEN}}>{{WORDS}} or worse</option>
					{{/SEVERITY}}
				</select></label>
				<label>Attack <select class="form-select" name="attack">
					<option value="">Any</option>
					{{#FAMILY}}<option value="{{VALUE}}"{{#CHOSEN}} selected{{/CHOSEN}}>{{WORDS}}</option>
					{{/FAMILY}}
				</select></label>
				<label>State <select class="form-select" name="state">
					<option value="">Any</option>
					{{#STATE}}<option value="{{VALUE}}"{{#CHOSEN}} selected{{/CHOSEN}}>{{WORDS}}</option>
					{{/STATE}}
				</select></label>
				<button class="btn btn-outline-secondary">Apply</button>
			</div>
			<p class="meta">Days are those of UTC.</p>
		</details>
	</form>
	{{#DEVICE}}<p class="meta">Only scans with flows of <a href="{{HREF}}">one device</a>.</p>
	{{/DEVICE}}{{#FILTERED}}<p class="meta"><a href="/scans">Show all scans</a></p>
	{{/FILTERED}}
</section>
{{#NONE}}<section class="card"><p class="empty">No scan was made yet. <a href="/new">Scan a file</a>, and it is listed here.</p></section>
{{/NONE}}{{#NONE_FOUND}}<section class="card"><p class="empty">No scan is like this. Take a filter away, or <a href="/scans">show all scans</a>.</p></section>
{{/NONE_FOUND}}{{#NONE_DELETED}}<section class="card"><p class="empty">Nothing was deleted in the last seven days.</p></section>
{{/NONE_DELETED}}{{#LIST}}<section class="card scans" aria-label="Scans">
	<form class="compare" id="compare" method="get" action="/scans/compare">
		{{#COMPARE}}<input type="hidden" name="a" disabled><input type="hidden" name="b" disabled>
		<button class="btn btn-sm btn-outline-secondary needs-script" disabled>Compare two scans</button>
		{{/COMPARE}}		<span class="meta">Times in <span data-zone>UTC</span></span>
	</form>
	<table class="table">
		<thead><tr>
			<th scope="col" class="pick"><span class="visually-hidden">Compare</span></th>
			<th scope="col" class="num id">Scan</th>
			{{#HEAD}}<th scope="col" class="{{CLASS}}" aria-sort="{{SORT}}"><a href="{{HREF}}">{{TITLE}}</a></th>
			{{/HEAD}}
			<th scope="col" class="act"><span class="visually-hidden">Delete or restore</span></th>
		</tr></thead>
		<tbody id="scan-rows">
			{{#SCAN}}<tr data-id="{{ID}}">
				<td class="pick">{{#THERE}}<input class="form-check-input needs-script" type="checkbox" value="{{ID}}" aria-label="Compare scan {{ID}}, {{FILE}}">{{/THERE}}</td>
				<td class="num id">{{ID}}</td>
				<td class="when"><time datetime="{{TIME}}">{{TIME_SHOWN}}</time></td>
				<td class="file">{{#THERE}}<a href="/scans/{{ID}}" title="{{FILE}}">{{FILE}}</a>{{/THERE}}{{#DELETED}}<span title="{{FILE}}">{{FILE}}</span><span class="meta until">until <time datetime="{{UNTIL}}">{{UNTIL_SHOWN}}</time></span>{{/DELETED}}</td>
				<td class="result"><span class="mark" data-mark="{{RESULT}}">{{RESULT}}</span></td>
				<td class="num incidents">{{INCIDENTS}}</td>
				<td class="num flows">{{FLOWS}}</td>
				<td class="num anomalies">{{ANOMALIES}}</td>
				<td class="act">{{#THERE}}<button type="button" class="btn btn-sm needs-script delete" title="Delete"{{#RUNNING}} disabled{{/RUNNING}}>
					<svg class="icon" aria-hidden="true"><use href="/static/current/images/icons.svg#trash"></use></svg>
					<span class="visually-hidden">Delete scan {{ID}}, {{FILE}}</span></button>{{/THERE}}{{#DELETED}}<button type="button" class="btn btn-sm btn-outline-secondary needs-script restore">Restore<span class="visually-hidden"> scan {{ID}}, {{FILE}}</span></button>{{/DELETED}}</td>
			</tr>
			{{/SCAN}}
		</tbody>
	</table>
</section>
{{/LIST}}<nav class="turn" aria-label="Pages of the list">
	{{#NEWER}}<a class="btn btn-sm btn-outline-secondary" rel="prev" href="{{HREF}}">Page before</a>
	{{/NEWER}}{{#OLDER}}<a class="btn btn-sm btn-outline-secondary" rel="next" href="{{HREF}}">Next page</a>
	{{/OLDER}}<span class="meta links">
		{{#EXPORT}}<a href="{{HREF}}" download>{{NAME}}</a>
		{{/EXPORT}}{{#LINK_DELETED}}<a href="/scans?deleted=true">Recently deleted</a>{{/LINK_DELETED}}{{#LINK_ALL}}<a href="/scans">All scans</a>{{/LINK_ALL}}
	</span>
</nav>
