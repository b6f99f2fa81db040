/* upload: files that are dropped or chosen, one after the other on their way to an answer. */
import { Failure, get, newKey, post } from './api.js';
import { byId, say, setText, show } from './dom.js';
import { addToQueue, clearQueue } from './queue.js';
import { bytes, percentage, plural } from './words.js';

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

let line = null; /* of the file in hand */

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
	line.progress(share === null ? title : `${title}, ${percentage(share, 1)}`, share);
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
		sending = post(`/upload?key=${key}`, file, {
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
 * Bring the drop zone to life. For each file on.begin(file), then on.done(scan, { last }) or on.failed(failure, file, { last }), last when
 * no file waits; on.refused(words, file) for what was not even sent.
 */
export function initUpload(on) {
	const form = byId('upload');
	const input = byId('file');
	const drop = byId('drop');
	const max = Number(form.dataset.max);
	const control = { abort: null }; /* while there is work */
	const waiting = [];
	let count = 0; /* files of this go */

	async function one(file) {
		setText('work-file', count > 1 ? `${file.name} (${count - waiting.length} of ${count})` : file.name);
		show('cancel-all', waiting.length > 0);
		report('Uploading', bytes(file.size), 0);
		byId('cancel').focus({ preventScroll: true });
		on.begin(file);
		try {
			const scan = await send(file, control);
			line.done(scan);
			on.done(scan, { last: waiting.length === 0 });
		} catch (reason) {
			const failure = reason instanceof Failure ? reason : new Failure(`This page failed: ${reason.message}`);
			line.failed(failure.message, failure.status === -1 ? 'cancelled' : 'failed');
			on.failed(failure, file, { last: waiting.length === 0 });
		}
	}

	async function work() {
		control.abort = () => {};
		show('work', true);
		show('upload', false);
		drop.scrollIntoView({ block: 'nearest' });
		for (let next; (next = waiting.shift()); ) {
			const words = objection(next.file, max);
			line = next.line;
			if (words) {
				line.failed(words);
				on.refused(words, next.file);
			} else {
				await one(next.file);
			}
		}
		control.abort = null;
		show('upload', true);
		show('work', false);
		form.reset();
	}

	/* Files that come while others are on their way wait behind them. */
	function take(files) {
		const idle = control.abort === null;
		if (idle) {
			clearQueue();
			count = 0;
		}
		count += files.length;
		waiting.push(...[...files].map((file) => ({ file, line: addToQueue(file.name) })));
		show('cancel-all', waiting.length > 0);
		if (idle)
			work();
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
	byId('cancel-all').addEventListener('click', () => {
		for (const { line: rest } of waiting.splice(0))
			rest.failed('', 'cancelled');
		control.abort?.();
	});
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
