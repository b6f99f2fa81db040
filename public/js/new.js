/* new: the page that takes files: dropped, chosen or pasted, one after the other. */
import { command, Failure } from './api.js';
import { byId, say, setText, show } from './dom.js';
import { addLine, clearLines } from './lines.js';
import { initOptions, options } from './options.js';
import { send } from './sending.js';
import { bytes, found, percentage } from './words.js';

const CANCELLED = -1;
const waiting = []; /* { file, line, options } */
const max = Number(byId('upload').dataset.max);
let current = null; /* { cancel } while there is work */
let total = 0; /* files of this go */
let last = null; /* scan of this go that was done last */

/* Why a file is not worth sending; '' when it is. */
function objection(file) {
	if (file.size === 0)
		return 'This file is empty, or it is a folder.';
	if (max > 0 && file.size > max)
		return `This file has ${bytes(file.size)}; the server takes up to ${bytes(max)}. Pack it (gzip or zstd) or split it.`;
	return '';
}

/* What the page shows of the work: title, detail, and a share from 0 to 1 (null: unknown). */
function reporter(line) {
	return (title, detail, share) => {
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
	};
}

async function one({ file, line, options: how }) {
	const report = reporter(line);
	setText('work-file', total > 1 ? `${file.name} (${total - waiting.length} of ${total})` : file.name);
	show('cancel-all', waiting.length > 0);
	setText('work-title', '');
	report('Uploading', bytes(file.size), 0);
	byId('cancel').disabled = false;
	byId('cancel').focus({ preventScroll: true });
	try {
		current = send(file, how, report);
		const scan = await current.answer;
		line.done(scan);
		last = scan.state === 'done' || !scan.state ? scan : last;
		say(`Done: ${found(scan)}.`);
	} catch (reason) {
		const failure = reason instanceof Failure ? reason : new Failure(`This page failed: ${reason.message}`);
		if (failure.status === CANCELLED || failure.message === 'cancelled' || failure.report.code === 'cancelled')
			line.cancelled();
		else
			line.failed(failure);
		say(failure.message);
	}
}

async function work() {
	current = { cancel() {} };
	last = null;
	show('work', true);
	show('upload', false);
	byId('drop').scrollIntoView({ block: 'nearest' });
	for (let next; (next = waiting.shift()); ) {
		const words = objection(next.file);
		if (words) {
			next.line.refused(words);
			say(words);
		} else {
			await one(next);
		}
	}
	current = null;
	/* One file alone: its scan is what one wants to see. */
	if (total === 1 && last) {
		location.assign(`/scans/${last.scan_id}`);
		return;
	}
	show('upload', true);
	show('work', false);
	byId('upload').reset();
	byId('queue-title').tabIndex = -1;
	byId('queue-title').focus();
}

/* Files that come while others are on their way wait behind them. */
function take(files) {
	const how = options();
	if (how === null)
		return;
	if (current === null) {
		clearLines();
		total = 0;
	}
	total += files.length;
	waiting.push(...[...files].map((file) => ({ file, line: addLine(file.name), options: how })));
	show('cancel-all', waiting.length > 0);
	if (current === null)
		work();
}

function initChoice() {
	const input = byId('file');
	input.addEventListener('change', () => input.files.length > 0 && take(input.files));
	/* A browser opens its window by the space bar only. */
	input.addEventListener('keydown', (e) => {
		if (e.key !== 'Enter')
			return;
		e.preventDefault();
		input.click();
	});
	byId('upload').addEventListener('submit', (e) => e.preventDefault());
	byId('cancel').addEventListener('click', () => {
		byId('cancel').disabled = true;
		current?.cancel();
	});
	byId('cancel-all').addEventListener('click', () => {
		for (const { line } of waiting.splice(0))
			line.cancelled();
		current?.cancel();
	});
	addEventListener('beforeunload', (e) => current && e.preventDefault());
}

/* The whole page takes a file, so that a near miss does not open it in the browser. */
function initDrop() {
	const hasFile = (e) => e.dataTransfer?.types.includes('Files');
	let depth = 0;
	const mark = (n) => document.body.classList.toggle('over', (depth = Math.max(0, n)) > 0);
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

function initPaste() {
	const area = byId('paste-text');
	byId('paste-form').addEventListener('submit', (e) => {
		e.preventDefault();
		if (area.value.trim() === '') {
			say('There is no text to scan.');
			area.focus();
			return;
		}
		take([new File([area.value], 'paste.csv', { type: 'text/csv' })]);
	});
}

function initSample() {
	const button = byId('sample').querySelector('button');
	byId('sample').addEventListener('submit', async (e) => {
		e.preventDefault();
		button.disabled = true;
		setText('sample-said', 'Making it and scanning it …');
		try {
			const scan = await command('/api/v1/samples/scan');
			location.assign(`/scans/${scan.scan_id}`);
		} catch (failure) {
			setText('sample-said', failure.message);
			button.disabled = false;
		}
	});
}

initOptions();
initChoice();
initDrop();
initPaste();
initSample();
