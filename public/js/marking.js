/* marking: forms that change one thing of the API, and buttons that take scripts: copy a link, print. */
import { change } from './change.js';
import { setTime } from './words.js';

/* Values that the form had when it was last saved: only what is another now is sent. */
const known = new WeakMap();

const fields = (form) => Object.fromEntries(new FormData(form));

/* What the page shows of it besides. */
function follow(answer) {
	for (const place of document.querySelectorAll('[data-show]')) {
		const value = answer[place.dataset.show];
		place.textContent = value || place.dataset.otherwise || '';
		if (place.dataset.judged !== undefined)
			place.dataset.judged = place.textContent;
	}
}

function tellWhen(form, answer) {
	const place = form.querySelector('[data-marked]');
	if (!place || !answer.marked)
		return;
	const time = document.createElement('time');
	setTime(time, answer.marked);
	place.replaceChildren('last changed ', time);
}

async function save(form) {
	const button = form.querySelector('button');
	const outcome = form.querySelector('.outcome');
	const now = fields(form);
	const before = known.get(form);
	const changed = Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== before[name]));
	if (Object.keys(changed).length === 0) {
		outcome.textContent = 'Nothing to save.';
		return;
	}
	button.disabled = true;
	outcome.textContent = 'Saving …';
	try {
		const answer = await change(form.dataset.patch, changed);
		known.set(form, now);
		outcome.textContent = 'Saved.';
		follow(answer);
		tellWhen(form, answer);
	} catch (failure) {
		outcome.textContent = `Not saved: ${failure.message}`;
	}
	button.disabled = false;
}

for (const form of document.querySelectorAll('form[data-patch]')) {
	known.set(form, fields(form));
	form.querySelector('button').disabled = false;
	form.addEventListener('submit', (e) => {
		e.preventDefault();
		save(form);
	});
	form.addEventListener('input', () => {
		form.querySelector('.outcome').textContent = '';
	});
}

/* Where the browser has no clipboard for pages (http, of another machine), the link is shown to be copied by hand. */
async function copy(button) {
	const outcome = document.getElementById('copied');
	const link = new URL(button.dataset.copy, location.href).href;
	try {
		await navigator.clipboard.writeText(link);
		outcome.textContent = 'Copied.';
	} catch {
		const box = document.createElement('input');
		box.readOnly = true;
		box.value = link;
		box.className = 'form-control form-control-sm';
		box.setAttribute('aria-label', 'Link to this page');
		outcome.replaceChildren(box);
		box.select();
	}
}

for (const button of document.querySelectorAll('[data-copy]')) {
	button.hidden = false;
	button.addEventListener('click', () => copy(button));
}

for (const button of document.querySelectorAll('[data-print]')) {
	button.hidden = false;
	button.addEventListener('click', () => print());
}
