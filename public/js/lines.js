/* lines: a line for each file of one go: its state, its name, and what became of it. */
import { byId, element, setMark, show, stamp } from './dom.js';
import { bytes, count, found, percentage, plural, sentence, worst } from './words.js';

const list = () => byId('queue-lines');
const PROBLEMS = 3;

export function clearLines() {
	list().replaceChildren();
	show('queue', false);
}

/* "CSV (semicolons) out of gzip, 12 MiB unpacked"; '' where the server does not say. */
function recognised(s) {
	if (!s.format)
		return '';
	let words = s.dialect ? `${s.format} (${s.dialect})` : s.format;
	if (s.packing)
		words += ` out of ${s.packing}, ${bytes(s.unpacked_bytes)} unpacked`;
	return s.packets > 0 ? `${words}, ${plural(s.packets, 'packet')}` : words;
}

/* Where in the file it is. */
function where(p, ofCapture) {
	const parts = [];
	if (p.line > 0)
		parts.push(`${ofCapture ? 'packet' : 'line'} ${count(p.line)}`);
	if (p.column)
		parts.push(typeof p.column === 'number' ? `column ${count(p.column)}` : p.column);
	if (p.field)
		parts.push(p.field);
	return parts.join(', ');
}

/* What to do about it, by what the server answered. */
const ways = {
	0: 'What was sent so far is not stored. Try again when the server can be reached.',
	400: 'Correct the file, or take another; the page of the scan keeps what is known of it.',
	408: 'The connection was too slow. Try again, or pack the file first (gzip or zstd).',
	409: 'Wait until it is done, then try again.',
	413: 'Pack it (gzip or zstd), split it, or raise the limit of the server: setting max_upload.',
	415: 'See above which files are taken.',
	422: 'Correct the file, or take another.',
	503: 'Nothing can be stored now. Try again in a moment; the log of the server says what its database lacks.',
	507: 'Make room on the disk of the server, then try again.',
};
const advice = (status) => ways[status] ?? (status >= 500 ? 'Try again. If it happens again, the log of the server says why.' : '');

function note(text) {
	return element('span', text, 'note');
}

/* Why it failed: the reason, the place, what it was taken for, the first rows that are wrong, what to do, and where more is. */
function told(failure) {
	const { report, status } = failure;
	const place = where(report, report.packets > 0);
	const parts = [element('span', sentence(place && !failure.message.includes(place) ? `${failure.message} (${place})` : failure.message), 'reason')];
	if (report.format)
		parts.push(note(`Recognised as ${recognised(report)}.`));
	for (const p of (report.skipped ?? []).slice(0, PROBLEMS))
		parts.push(note(sentence([where(p, report.packets > 0), p.reason].filter(Boolean).join(': '))));
	if (advice(status))
		parts.push(note(advice(status)));
	if (failure.scan) {
		const link = element('a', `Scan ${failure.scan}`, 'note');
		link.href = `/scans/${failure.scan}`;
		parts.push(link);
	}
	return parts;
}

/* A new line at the end; its functions say what became of the file. */
export function addLine(name) {
	const [line] = stamp('queue-line');
	const part = (what) => line.querySelector(`.${what}`);
	const bar = line.querySelector('progress');

	function set(mark, ...result) {
		setMark(part('mark'), mark);
		part('result').replaceChildren(...result);
		bar.hidden = true;
	}

	part('name').textContent = name;
	part('name').title = name;
	bar.setAttribute('aria-label', name);
	set('waiting');
	list().append(line);
	show('queue', true);
	return {
		/* share: 0 to 1; null: unknown */
		progress(words, share) {
			if (bar.hidden)
				set('running', words);
			else
				part('result').textContent = words;
			bar.hidden = false;
			if (share === null)
				bar.removeAttribute('value');
			else
				bar.value = share;
		},
		done(scan) {
			const link = element('a', found(scan));
			const input = [recognised(scan), scan.rows_skipped > 0 ? `${percentage(scan.rows_skipped, scan.rows_read)} of the rows skipped` : ''];
			link.href = `/scans/${scan.scan_id}`;
			set(scan.state === 'done' ? worst(scan) : scan.state, link, note(input.filter(Boolean).join('; ')));
		},
		failed(failure) {
			set('failed', ...told(failure));
		},
		refused(words) {
			set('failed', element('span', words, 'reason'));
		},
		cancelled() {
			set('cancelled');
		},
	};
}
