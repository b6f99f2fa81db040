{{%AUTOESCAPE context="HTML"}}
<dl class="tiles quality">
	{{#NUMBER}}<div><dt>{{NAME}}</dt><dd>{{VALUE}}</dd><dd class="note">{{MEANS}}{{#PART}}{{N}} of {{WHOLE}} {{OF}}{{/PART}}</dd></div>
	{{/NUMBER}}
</dl>
{{#MARKED}}<p class="skipped">Take these numbers with care: {{WHY}}</p>
{{/MARKED}}<p><a class="btn btn-sm btn-outline-secondary" href="/api/v1/jobs/{{ID}}/report">The full report</a></p>
