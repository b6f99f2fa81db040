/* upload: a file that is dropped or chosen, on its way to an answer. */
import { Failure, get, newKey, post } from './api.js';
import { byId, say, setText, show } from './dom.js';
import { bytes, plural } from './words.js';

const POLL_MS = 700;
const GRACE = 4; /* polls */
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/* Why a file is not worth sending; '' when it is. */
function objection(file, max) {
	if (file.size === 0)
		return 'This file is empty, or it is a folder.';
	if (max > 0 && file.size > max)
		return `This file has ${bytes(file.size)}; the server takes up to ${bytes(max)}.`;
	return '';
}

/* What the page shows of the work: title, detail, and a share from 0 to 1 (null: unknown). */
function report(title, detail, share) {
	const bar = byId('work-bar');
	if (byId('work-title').textContent !== title)
		say(title);
	setText('work-title', title);
	setText('work-detail', detail);
	if (share === null)
		bar.removeAttribute('value');
	else
		bar.value = share;
}

function reportScan(state) {
	const share = state.size > 0 ? Math.min(1, state.bytes / state.size) : null;
	const anomalies = plural(state.anomalies, 'anomaly', 'anomalies');
	report('Scanning', `${plural(state.rows, 'flow')}, ${plural(state.windows, 'window')}, ${anomalies} so far`, share);
}

/* The scan that the server has under this key; null when it does not know it (yet) or cannot say. */
async function ask(key) {
	try {
		return await get(`/api/v1/uploads/${key}`);
	} catch {
		return null;
	}
}

/*
 * Show how far the scan is, until `over()`. When it ended and the answer still does not come, the connection may be dead without
 * telling: then the scan as the server keeps it is the answer.
 */
async function follow(key, over) {
	report('Scanning', 'Waiting for its turn', null);
	for (let ended = 0; await wait(POLL_MS), !over(); ) {
		const state = await ask(key);
		if (over())
			return null;
		if (state?.state === 'running')
			reportScan(state);
		else if (state?.scan_id && ++ended > GRACE)
			return get(`/scan/${state.scan_id}`);
	}
	return null;
}

/* The connection broke after everything was sent: the server may have finished all the same. */
async function recover(key, failure, over) {
	for (let unknown = 0; unknown < GRACE && !over(); await wait(POLL_MS)) {
		const state = await ask(key);
		if (state?.state === 'running')
			reportScan(state);
		else if (state?.scan_id)
			return get(`/scan/${state.scan_id}`);
		else
			unknown++;
	}
	throw failure;
}

const lost = (failure) => failure.status === 0 || failure.status === 502 || failure.status === 504;

/* Send `file`; the answer of the server. */
async function send(file, control) {
	const key = newKey();
	const started = performance.now();
	let handed = false;
	let over = false;
	let sending;
	const followed = new Promise((resolve) => {
		sending = post(file, key, {
			sent(n, total) {
				const rate = (1000 * n) / Math.max(1, performance.now() - started);
				report('Uploading', `${bytes(n)} of ${bytes(total)}, ${bytes(rate)}/s`, n / total);
			},
			handed() {
				handed = true;
				follow(key, () => over).then((scan) => scan && resolve(scan), () => {});
			},
		});
	});
	control.abort = () => {
		over = true;
		sending.abort();
	};
	try {
		return await Promise.race([sending.answer, followed]);
	} catch (failure) {
		if (handed && !over && lost(failure))
			return await recover(key, failure, () => over);
		throw failure;
	} finally {
		over = true;
		sending.abort();
	}
}

/*
 * Bring the drop zone to life. on.begin(file), then on.done(scan) or on.failed(failure, file); on.refused(words) for what was not
 * even sent.
 */
export function initUpload(on) {
	const form = byId('upload');
	const input = byId('file');
	const drop = byId('drop');
	const max = Number(form.dataset.max);
	const control = { abort: null };

	async function take(files) {
		const file = files[0];
		const words = control.abort ? 'One file at a time: wait for this one, or cancel it.'
			: files.length > 1 ? 'One file at a time, please.'
			: objection(file, max);
		if (words)
			return on.refused(words);
		control.abort = () => {};
		show('work', true);
		show('upload', false);
		setText('work-file', file.name);
		report('Uploading', bytes(file.size), 0);
		byId('cancel').focus({ preventScroll: true });
		drop.scrollIntoView({ block: 'nearest' });
		on.begin(file);
		try {
			on.done(await send(file, control));
		} catch (failure) {
			on.failed(failure instanceof Failure ? failure : new Failure(`This page failed: ${failure.message}`), file);
		} finally {
			control.abort = null;
			show('upload', true);
			show('work', false);
			form.reset();
		}
	}

	input.addEventListener('change', () => input.files.length > 0 && take(input.files));
	/* A browser opens its window by the space bar only. */
	input.addEventListener('keydown', (e) => {
		if (e.key !== 'Enter')
			return;
		e.preventDefault();
		input.click();
	});
	form.addEventListener('submit', (e) => e.preventDefault());
	byId('cancel').addEventListener('click', () => control.abort?.());
	addEventListener('beforeunload', (e) => control.abort && e.preventDefault());

	/* The whole page takes a file, so that a near miss does not open it in the browser. */
	const hasFile = (e) => e.dataTransfer?.types.includes('Files');
	let depth = 0;
	const mark = (n) => drop.classList.toggle('over', (depth = Math.max(0, n)) > 0);
	addEventListener('dragenter', (e) => hasFile(e) && mark(depth + 1));
	addEventListener('dragleave', (e) => hasFile(e) && mark(depth - 1));
	addEventListener('dragover', (e) => hasFile(e) && e.preventDefault());
	addEventListener('drop', (e) => {
		if (!hasFile(e))
			return;
		e.preventDefault();
		mark(0);
		if (e.dataTransfer.files.length > 0)
			take(e.dataTransfer.files);
	});
}
