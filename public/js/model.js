/* model: starts jobs, follows the one that runs until it has ended, and changes the threshold. What came out is told by the server: the page is loaded anew. */
import { command, Failure, get, post } from './api.js';
import { byId, say, setText, show } from './dom.js';
import { bytes, count, duration, sentence } from './words.js';

const POLL_MS = 500;
const TAKEN_MS = 30000; /* the workers are replaced within seconds */
const SAID = 'model-said';
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/* ---- words ---- */

function tell(text, failed = false) {
	const said = byId('said');
	said.textContent = text;
	said.classList.toggle('text-danger', failed);
	show('said', true);
	say(text);
	said.focus({ preventScroll: true });
}

/* Said by the page that is loaded next. */
function tellNext(text) {
	sessionStorage.setItem(SAID, text);
}

function tellFromBefore() {
	const text = sessionStorage.getItem(SAID);
	sessionStorage.removeItem(SAID);
	if (text)
		tell(text);
}

async function attempt(act) {
	show('said', false);
	try {
		await act();
	} catch (reason) {
		tell(reason instanceof Failure ? sentence(reason.message) : `This page failed: ${reason.message}`, true);
		return false;
	}
	return true;
}

/* ---- one job, or the way of a file to it ---- */

let stop = null; /* what Cancel does now */

function progress({ title, phase = '', share = null, detail = '' }) {
	const bar = byId('job-bar');
	show('job', true);
	if (byId('job-title').textContent !== title) {
		setText('job-title', title);
		say(title);
	}
	setText('job-phase', phase);
	setText('job-detail', detail);
	if (share === null)
		bar.removeAttribute('value');
	else
		bar.value = share;
}

/* "12,345 flows, 6,200 a second, 4.1 s left" */
function pace(job) {
	const parts = [];
	if (job.rows > 0)
		parts.push(`${count(job.rows)} flows`);
	if (job.rows_per_second !== null)
		parts.push(`${count(Math.round(job.rows_per_second))} a second`);
	if (job.seconds_left !== null)
		parts.push(`about ${duration(Math.max(1, Math.round(job.seconds_left))).replace('.0', '')} left`);
	return parts.join(', ');
}

const titleOf = (job) => `${job.kind === 'adapt' ? 'Adapting to' : 'Judging by'} ${job.file}`;

/* Workers take a new model one after the other: wait until those that answer have it. */
async function taken(sha256) {
	const end = Date.now() + TAKEN_MS;
	for (let same = 0; same < 3; await wait(POLL_MS / 2)) {
		same = (await get('/api/v1/model')).sha256 === sha256 ? same + 1 : 0;
		if (Date.now() > end)
			throw new Failure('The workers have not taken the new model yet; the log of the server may say why.');
	}
}

async function follow(id) {
	stop = () => command(`/api/v1/jobs/${id}/cancel`);
	for (;;) {
		const job = await get(`/api/v1/jobs/${id}`);
		if (job.state !== 'running') {
			stop = null;
			if (job.kind === 'adapt' && job.state === 'done') {
				progress({ title: titleOf(job), phase: 'replacing the model of the workers' });
				await taken(job.result.sha256);
			}
			location.assign(`/model?job=${id}`);
			return;
		}
		progress({ title: titleOf(job), phase: job.cancelling ? 'is being cancelled' : job.phase, share: job.progress, detail: pace(job) });
		await wait(POLL_MS);
	}
}

async function send(path, file) {
	const title = `Uploading ${file.name}`;
	const { answer, abort } = post(path, file, {
		sent(n, total) {
			progress({ title, share: total > 0 ? n / total : 0, detail: `${bytes(n)} of ${bytes(total)}` });
		},
		handed() {
			progress({ title, phase: 'the server has all of it' });
		},
	});
	progress({ title, share: 0 });
	stop = abort;
	return (await answer).job_id;
}

/* Jobs are one at a time, so are their forms. */
function busy(on) {
	for (const id of ['adapt-file', 'evaluate-file', 'adapt-strategy', 'threshold-set', 'model-reset'])
		if (byId(id))
			byId(id).disabled = on;
	for (const label of document.querySelectorAll('form.file label.btn'))
		label.classList.toggle('disabled', on);
}

async function run(find) {
	busy(true);
	byId('job-cancel').disabled = false;
	if (await attempt(async () => follow(await find())))
		return;
	show('job', false);
	stop = null;
	busy(false);
}

function chooser(form, path) {
	const input = byId(`${form}-file`);
	if (!input)
		return;
	input.addEventListener('change', () => {
		const file = input.files[0];
		if (file)
			run(() => send(path(), file)).then(() => byId(form).reset());
	});
	/* A browser opens its window by the space bar only. */
	input.addEventListener('keydown', (e) => {
		if (e.key !== 'Enter')
			return;
		e.preventDefault();
		input.click();
	});
	byId(form).addEventListener('submit', (e) => e.preventDefault());
}

/* ---- changes at once ---- */

async function change(act, words) {
	busy(true);
	await attempt(async () => {
		const answer = await act();
		await taken(answer.sha256);
		tellNext(words(answer));
		location.assign('/model');
	});
	busy(false);
}

byId('threshold')?.addEventListener('submit', (e) => {
	e.preventDefault();
	const threshold = byId('threshold-value').valueAsNumber;
	const method = byId('threshold-method').value;
	change(
		() => command('/api/v1/model/threshold', { threshold, method }),
		(a) => `The threshold of method ${a.method} is ${count(a.threshold.after)} now. ${a.note}`.trim(),
	);
});

byId('model-reset')?.addEventListener('click', () => change(() => command('/api/v1/model/reset'), (a) => a.note));

byId('job-cancel').addEventListener('click', async () => {
	byId('job-cancel').disabled = true;
	await attempt(async () => stop?.());
});

chooser('adapt', () => {
	const strategy = byId('adapt-strategy').value;
	return `/api/v1/model/adapt${strategy ? `?strategy=${encodeURIComponent(strategy)}` : ''}`;
});
chooser('evaluate', () => '/api/v1/evaluations');
tellFromBefore();
if (!byId('job').hidden)
	run(() => byId('job').dataset.job);
byId('ended')?.focus({ preventScroll: true });
