{{%AUTOESCAPE context="HTML"}}
{{! The frame of every page. public/build.sh puts the hash of our files in the place of "current" in all paths. }}
<!DOCTYPE html>
<html lang="en" data-bs-theme="light">
<head>
<meta charset="utf-8">
<title>{{TITLE}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="Finds unusual traffic of IoT devices in captures of flows">
<link rel="icon" href="/static/current/images/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/vendor/bootstrap-5.3.8/bootstrap.min.css">
<link rel="stylesheet" href="/static/current/css/app.css">
<script src="/static/current/js/early.js"></script>
<script type="module" src="/static/current/js/every.js"></script>
{{#SCRIPT}}<script type="module" src="/static/current/js/{{FILE}}.js"></script>
{{/SCRIPT}}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
	<div class="container-xl">
		<a class="brand" href="/">
			<svg class="icon" aria-hidden="true"><use href="/static/current/images/icons.svg#shield-check"></use></svg>
			Home IoT Guardian
		</a>
		<nav aria-label="Pages">
			<ul class="pages">{{#NAV}}<li><a href="{{HREF}}"{{#HERE}} aria-current="page"{{/HERE}}>{{NAME}}</a></li>{{/NAV}}</ul>
		</nav>
		<fieldset class="theme" id="theme">
			<legend class="visually-hidden">Colours</legend>
			<label title="Light">
				<input type="radio" name="theme" value="light">
				<svg class="icon" aria-hidden="true"><use href="/static/current/images/icons.svg#sun"></use></svg>
				<span class="visually-hidden">Light</span>
			</label>
			<label title="As the system">
				<input type="radio" name="theme" value="system" checked>
				<svg class="icon" aria-hidden="true"><use href="/static/current/images/icons.svg#circle-half"></use></svg>
				<span class="visually-hidden">As the system</span>
			</label>
			<label title="Dark">
				<input type="radio" name="theme" value="dark">
				<svg class="icon" aria-hidden="true"><use href="/static/current/images/icons.svg#moon-stars"></use></svg>
				<span class="visually-hidden">Dark</span>
			</label>
		</fieldset>
	</div>
</header>
<p class="visually-hidden" id="say" role="status" aria-live="polite"></p>
<main class="container-xl" id="main" tabindex="-1">
	{{>CONTENT}}
</main>
<footer class="container-xl bottom">
	<p>Home IoT Guardian keeps what you give it on this machine.</p>
	<p><a href="/docs">API</a> · <a href="/status">Status</a> as JSON</p>
</footer>
</body>
</html>
