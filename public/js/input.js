/* input: what the server took a file for, and what it could not use of it. */
import { byId, element, setText, show } from './dom.js';
import { bytes, count, plural } from './words.js';

/* "CSV (semicolons) out of gzip, 12 MiB unpacked"; '' where the server does not say. */
export function recognised(s) {
	if (!s.format)
		return '';
	let words = s.dialect ? `${s.format} (${s.dialect})` : s.format;
	if (s.packing)
		words += ` out of ${s.packing}, ${bytes(s.unpacked_bytes)} unpacked`;
	return s.packets > 0 ? `${words}, ${plural(s.packets, 'packet')}` : words;
}

function fill(id, lines) {
	byId(id).replaceChildren(...lines.map((line) => element('li', line)));
	show(id, lines.length > 0);
}

/* A line of a text, a packet of a capture, or the file as a whole. */
function place(p, ofCapture) {
	const where = p.line > 0 ? [`${ofCapture ? 'Packet' : 'Line'} ${count(p.line)}`] : [];
	return [...where, ...(p.column ? [p.column] : [])].join(', ');
}

function problem(p, ofCapture) {
	const where = place(p, ofCapture);
	return where ? `${where}: ${p.reason}` : p.reason;
}

/* s: a scan, or what the server says of one that failed. */
export function showInput(s) {
	const list = s.skipped ?? [];
	const n = Math.max(s.rows_skipped ?? 0, list.length);
	const reasons = Object.entries(s.skipped_by_reason ?? {}).sort((a, b) => b[1] - a[1]);
	const words = recognised(s);
	setText('recognised', words && `Recognised as ${words}`);
	show('recognised', words !== '');
	fill('notes', s.notes ?? []);
	setText(
		'skipped-title',
		n === 0
			? 'Left out:'
			: `${plural(n, 'row')} of the file could not be used${list.length < n ? `; the first ${list.length} are below` : ''}:`,
	);
	fill('skipped-reasons', reasons.map(([reason, k]) => `${count(k)} × ${reason}`));
	fill('skipped-list', list.map((p) => problem(p, s.packets > 0)));
	show('skipped', n > 0 || reasons.length > 0);
}
