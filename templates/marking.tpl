{{%AUTOESCAPE context="HTML"}}
<section class="card marking" aria-labelledby="marking-title">
	<h2 id="marking-title">Your judgement</h2>
	<form data-patch="{{API}}" autocomplete="off">
		<fieldset class="switch">
			<legend class="visually-hidden">What it is</legend>
			<label title="Not looked at yet"><input type="radio" name="mark" value="open" {{#OPEN}}checked{{/OPEN}}><span>Open</span></label>
			<label title="It is all right: this is how it should be"><input type="radio" name="mark" value="expected" {{#EXPECTED}}checked{{/EXPECTED}}><span>Expected</span></label>
			<label title="It is what it looks like"><input type="radio" name="mark" value="confirmed" {{#CONFIRMED}}checked{{/CONFIRMED}}><span>Confirmed</span></label>
		</fieldset>
		<label for="note">Note</label>
		<textarea class="form-control" id="note" name="note" maxlength="1000" rows="3" dir="auto">{{#NOTE}}{{#BREAK}}&#10;{{/BREAK}}{{TEXT}}{{/NOTE}}</textarea>
		<p class="buttons"><button class="btn btn-primary btn-sm" disabled>Save</button> <span class="outcome" role="status"></span>
			<span class="meta" data-marked>{{#MARKED}}last changed <time datetime="{{TIME}}">{{TIME_SHOWN}}</time>{{/MARKED}}</span></p>
		<noscript><p class="meta">Saving takes scripts, which are switched off; programs can PATCH {{API}}.</p></noscript>
	</form>
	<p class="meta">{{#IS_INCIDENT}}What is expected no longer counts for the risk of the device.{{/IS_INCIDENT}} It is kept, and shown in lists and exports.</p>
</section>
