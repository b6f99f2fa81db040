/* anomalies: the table of the worst windows. */
import { byId, element, setMark, setText, show, stamp } from './dom.js';
import { count, error, feature, plural, setTime, times } from './words.js';

const FIRST = 10; /* rows before "show more" */
const severities = ['Critical', 'High', 'Medium', 'Low'];

function toggle(button, detail) {
	detail.hidden = !detail.hidden;
	button.setAttribute('aria-expanded', String(!detail.hidden));
}

function fillDetail(detail, a, windowLength) {
	const why = a.most_unusual;
	detail.querySelector('.detail-words').textContent =
		`Window ${count(a.sequence_id)}, flows ${count(a.rows[0])} to ${count(a.rows[1])} of the file, counted from 0. ` +
		`Its error ${error(a.error)} is ${times(a.error, a.threshold)} the threshold ${error(a.threshold)}. ` +
		`${why.share > 0 ? `${Math.round(100 * why.share)} % of it comes from one value` : 'The farthest from normal is one value'}: ` +
		`${feature(why.feature, why.value, true)} in flow ${why.step + 1} of ${windowLength}.`;
	const sample = detail.querySelector('.sample');
	sample.append(element('dt', 'Last flow of the window'));
	for (const [name, value] of Object.entries(a.sample_data ?? {}))
		sample.append(element('dd', feature(name, value, true)));
}

function makeRows(a, windowLength) {
	const [row, detail] = stamp('anomaly-row');
	const cell = (name) => row.querySelector(`.${name}`);
	const button = row.querySelector('button');
	setMark(cell('mark'), a.severity);
	setTime(row.querySelector('time'), a.ts);
	cell('flows').textContent = `${count(a.rows[0])}–${count(a.rows[1])}`;
	cell('error').textContent = error(a.error);
	cell('times').textContent = times(a.error, a.threshold);
	cell('why').textContent = feature(a.most_unusual.feature, a.most_unusual.value);
	button.querySelector('.visually-hidden').textContent = `Details of window ${a.sequence_id}`;
	fillDetail(detail, a, windowLength);
	detail.id = `detail-${a.sequence_id}`;
	button.setAttribute('aria-controls', detail.id);
	row.addEventListener('click', () => getSelection().isCollapsed && toggle(button, detail));
	return [row, detail];
}

function showSeverities(counts) {
	byId('severities').replaceChildren(
		...severities
			.filter((s) => counts?.[s] > 0)
			.map((s) => {
				const item = document.createElement('li');
				const mark = element('span', '', 'mark');
				setMark(mark, s);
				item.append(mark, ` ${count(counts[s])}`);
				return item;
			}),
	);
}

export function showAnomalies(scan, windowLength) {
	const { details, anomalies_count: total } = scan;
	const body = byId('anomaly-rows');
	const more = byId('more-anomalies');
	const add = (from, to) => body.append(...details.slice(from, to).flatMap((a) => makeRows(a, windowLength)));

	body.replaceChildren();
	showSeverities(scan.severity_counts);
	show('anomalies', total > 0);
	setText('anomalies-meta', details.length < total ? `the ${count(details.length)} worst of ${count(total)}` : plural(total, 'window'));
	add(0, FIRST);
	more.hidden = details.length <= FIRST;
	more.textContent = `Show ${count(details.length - FIRST)} more`;
	more.onclick = () => {
		const next = body.children.length;
		add(FIRST);
		more.hidden = true;
		body.children[next].querySelector('button').focus({ preventScroll: true });
	};
}
