{{%AUTOESCAPE context="HTML"}}
<ul class="badges" aria-label="State of the server">
	<li><span class="dot" id="status" data-tone="{{TONE}}">{{STATUS}}</span></li>
	<li><span class="dot" id="database" data-tone="{{DATABASE_TONE}}">{{DATABASE}}</span></li>
	<li>Model <b id="model">{{MODEL}}</b></li>
	<li>Threshold <b id="threshold">{{THRESHOLD}}</b></li>
	<li>Windows of <b>{{WINDOW}}</b> flows</li>
	<li>Scans <b id="total-scans">{{SCANS}}</b></li>
</ul>
