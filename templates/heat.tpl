{{%AUTOESCAPE context="HTML"}}
{{#BY_RULE}}<p>A known pattern decided, so no single number has a share of the score. The values are there to look at.</p>{{/BY_RULE}}
<p class="meta parts">Share of the score: {{#PART}}<span><b>{{SHARE}}</b> {{WORDS}}</span> {{/PART}}</p>
{{#CHANGE}}<p class="change">It would not have been flagged if, in flow {{STEP}} of {{STEPS}}, this had been {{BOUND}}<b>{{TO}}</b>: {{FEATURE}} (it was {{FROM}}).</p>{{/CHANGE}}
{{#NO_CHANGE}}<p class="change">{{WHY}}.</p>{{/NO_CHANGE}}
<div class="heat-box">
	{{#MORE}}<input type="checkbox" id="heat-all" class="heat-all"> <label for="heat-all" class="btn btn-sm btn-outline-secondary">Show also {{N}} without a share</label>{{/MORE}}
	<div class="heat-scroll" tabindex="0" role="region" aria-label="Values of each flow of the window and their shares of the score">
		<table class="heat">
			<caption class="visually-hidden">Each row is a feature, each column one of {{STEPS}} flows, oldest first. A cell has the value and, where it is not small, its share of the score.</caption>
			<thead>
				<tr>
					<th scope="col">Feature</th>
					<th scope="col" class="num">Share</th>
					<th scope="col">Usual {{USUAL_OF}}</th>
					{{#STEP}}<th scope="col" class="step"><span class="visually-hidden">Flow </span>{{N}}</th>{{/STEP}}
				</tr>
			</thead>
			<tbody>
				{{#LINE}}
				<tr class="{{QUIET}}">
					<th scope="row" title="{{NAME}}">{{FEATURE}}</th>
					<td class="num">{{SHARE}}</td>
					<td class="usual">{{USUAL}}</td>
					{{#CELL}}<td class="heat-{{LEVEL}}" title="{{EXACT}}"><span class="value">{{#BEYOND}}<b>{{/BEYOND}}{{VALUE}}{{#BEYOND}}</b>{{/BEYOND}}</span>{{#SHARE}} <span class="share">{{WORDS}}</span>{{/SHARE}}</td>{{/CELL}}
				</tr>
				{{/LINE}}
			</tbody>
		</table>
	</div>
	<p class="meta">The darker a cell, the more of the score comes from it. Bold: outside of what is usual.</p>
</div>
