/* model: the card of the model that is used: adapt it to a file of normal traffic, and go back. */
import { command, Failure, get, post } from './api.js';
import { byId, element, say, setText, show } from './dom.js';
import { bytes, error, plural } from './words.js';

const POLL_MS = 300;
const POLLS = 100; /* the workers are replaced within seconds */
const SETTLED_MS = 2000; /* until then a worker may still tell of the model before */
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function work(title, share) {
	if (byId('adapt-title').textContent !== title)
		say(title);
	setText('adapt-title', title);
	if (share === null)
		byId('adapt-bar').removeAttribute('value');
	else
		byId('adapt-bar').value = share;
}

function busy(on) {
	show('adapt-work', on);
	show('adapt', !on);
}

function outcome(text, notes, failed) {
	const list = byId('adapt-notes');
	setText('adapt-outcome', text);
	byId('adapt-outcome').classList.toggle('text-danger', failed);
	show('adapt-outcome', true);
	list.replaceChildren(...notes.map((note) => element('li', note)));
	list.hidden = notes.length === 0;
	say(text);
	byId('adapt-outcome').focus({ preventScroll: true });
}

/* What to know besides: what was left out, and how sure it can be. */
function notesOf(a) {
	const notes = [];
	if (a.attacks_left_out > 0)
		notes.push(`${plural(a.attacks_left_out, 'flow')} labelled as attacks left out.`);
	if (a.alarms_left_out > 0)
		notes.push(`${plural(a.alarms_left_out, 'flow')} that a rule raises an alarm for left out: is this traffic normal? They stay alarms.`);
	if (a.note)
		notes.push(a.note);
	else if (a.supported_rate !== null)
		notes.push(`So much traffic supports a rate of ${error(a.supported_rate)} ${a.unit}.`);
	return notes;
}

function tellAdapted(a) {
	const from = `${plural(a.flows, 'flow')} of ${plural(a.devices, 'device')}`;
	const { before, after } = a.threshold;
	const change = before === null ? `the threshold is ${error(after)}` : `the threshold was ${error(before)} and is ${error(after)}`;
	outcome(`Adapted to ${a.file}, ${from}: ${change} now (${a.strategy}).`, notesOf(a), false);
}

/* The workers take the new model one after the other: wait until one that has it answers. */
async function follow(sha256, changed) {
	for (let i = 0; i < POLLS; i++) {
		const m = await get('/api/v1/model');
		if (m.sha256 === sha256) {
			setText('model-words', m.words);
			show('model-reset', m.can_reset);
			changed();
			setTimeout(changed, SETTLED_MS);
			return;
		}
		await wait(POLL_MS);
	}
	throw new Failure('The workers have not taken the new model yet; the log of the server may say why.');
}

async function adapt(file) {
	const { answer } = post('/api/v1/model/adapt', file, {
		sent(n, total) {
			work(`Uploading ${file.name}: ${bytes(n)} of ${bytes(total)}`, n / total);
		},
		handed() {
			work(`Learning what is normal in ${file.name}`, null);
		},
	});
	return answer;
}

/* on.changed() when another model is used. */
export function initModel(on) {
	const input = byId('adapt-file');

	async function attempt(title, act) {
		show('adapt-outcome', false);
		show('adapt-notes', false);
		work(title, null);
		busy(true);
		try {
			await act();
		} catch (reason) {
			outcome(reason instanceof Failure ? reason.message : `This page failed: ${reason.message}`, [], true);
		}
		busy(false);
		byId('adapt').reset();
	}

	input.addEventListener('change', () => {
		const file = input.files[0];
		if (file)
			attempt(`Uploading ${file.name}`, async () => {
				const answer = await adapt(file);
				work('Replacing the model of the workers', null);
				await follow(answer.sha256, on.changed);
				tellAdapted(answer);
			});
	});
	/* A browser opens its window by the space bar only. */
	input.addEventListener('keydown', (e) => {
		if (e.key !== 'Enter')
			return;
		e.preventDefault();
		input.click();
	});
	byId('adapt').addEventListener('submit', (e) => e.preventDefault());
	byId('model-reset').addEventListener('click', () =>
		attempt('Going back', async () => {
			const answer = await command('/api/v1/model/reset');
			await follow(answer.sha256, on.changed);
			outcome(answer.note, [], false);
		}),
	);
}
