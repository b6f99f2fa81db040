{{%AUTOESCAPE context="HTML"}}
<tr data-id="{{ID}}" data-state="{{STATE}}">
	<td class="num id">{{ID}}</td>
	<td class="when"><time datetime="{{TIME}}">{{TIME_SHOWN}}</time></td>
	<td class="file"><a href="#scan-{{ID}}" title="{{FILE}}">{{FILE}}</a></td>
	<td class="num incidents">{{INCIDENTS}}</td>
	<td class="num windows">{{WINDOWS}}</td>
	<td class="num anomalies">{{ANOMALIES}}</td>
	<td class="num rate">{{PERCENTAGE}}</td>
	<td class="result"><span class="mark" data-mark="{{RESULT}}">{{RESULT}}</span></td>
</tr>
