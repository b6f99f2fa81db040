{{%AUTOESCAPE context="HTML"}}
<li class="incident-row">
	<span class="mark" data-mark="{{SEVERITY}}">{{SEVERITY}}</span>
	<a class="title" href="/scans/{{SCAN}}/incidents/{{ID}}">{{TITLE}}</a>
	{{#MARKED}}<span class="mark judged" data-judged="{{WORD}}">{{WORD}}</span>{{/MARKED}}
	{{#DEVICE}}<span class="who">{{#BY_ID}}<a href="/devices/{{ID}}"><bdi class="cut" title="{{LABEL}}">{{LABEL}}</bdi></a>{{/BY_ID}}{{#PLAIN}}<bdi>{{LABEL}}</bdi>{{/PLAIN}}</span>{{/DEVICE}}
	<span class="sentence">{{SENTENCE}}</span>
	<span class="meta where">{{#WHEN}}<time datetime="{{START}}">{{START_SHOWN}}</time>, {{/WHEN}}<a href="/scans/{{SCAN}}">scan {{SCAN}}</a> <bdi class="cut" title="{{FILE}}">{{FILE}}</bdi></span>
	{{#NOTED}}<span class="note-text"><bdi>{{#NOTE}}{{#BREAK}}&#10;{{/BREAK}}{{TEXT}}{{/NOTE}}</bdi></span>{{/NOTED}}
</li>
