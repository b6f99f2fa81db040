{{%AUTOESCAPE context="HTML"}}
<section class="card" aria-labelledby="error-title">
	<h1 class="h4" id="error-title">{{TITLE}}</h1>
	<p>{{WORDS}}</p>
	<p>{{ADVICE}}</p>
	<p class="meta">Status {{STATUS}}</p>
</section>
