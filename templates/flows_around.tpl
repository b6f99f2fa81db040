{{%AUTOESCAPE context="HTML"}}
{{#NO_FLOWS}}<p class="empty">The flows around it were not kept.</p>{{/NO_FLOWS}}
{{#FLOWS}}
<div class="flow-scroll" tabindex="0" role="region" aria-label="Table of flows">
<table class="table flow-rows">
	<thead><tr><th scope="col" class="num">Row</th><th scope="col">Time</th><th scope="col">From</th><th scope="col">To</th><th scope="col">What</th><th scope="col">State</th><th scope="col" class="num">Sent</th><th scope="col" class="num">Received</th><th scope="col" class="num">Took</th><th scope="col">Flagged</th></tr></thead>
	<tbody>{{#ROW}}
		<tr class="flow {{ODD}}"{{#HERE}} aria-current="true"{{/HERE}}><td class="num">{{N}}</td><td><time datetime="{{TIME}}">{{TIME_SHOWN}}</time></td><td>{{FROM}}</td><td>{{TO}}</td><td>{{PROTO}}</td><td>{{STATE}}</td><td class="num">{{SENT}}</td><td class="num">{{RECEIVED}}</td><td class="num">{{TOOK}}</td><td>{{#FLAGGED}}{{WHY}}{{/FLAGGED}}</td></tr>
	{{/ROW}}</tbody>
</table>
</div>
{{/FLOWS}}
