/* anomalies: the table of the worst windows. */
import { byId, element, setMark, setText, show, stamp } from './dom.js';
import { count, error, feature, plural, pValue, sentence, setTime, times } from './words.js';

const FIRST = 10; /* rows before "show more" */
const severities = ['Critical', 'High', 'Medium', 'Low'];

function toggle(button, detail) {
	detail.hidden = !detail.hidden;
	button.setAttribute('aria-expanded', String(!detail.hidden));
}

/* "203.0.113.9:443", "[2001:db8::1]:443". */
function endpoint(e) {
	if (!e?.ip)
		return typeof e?.port === 'number' ? `port ${e.port}` : '';
	const ip = e.ip.includes(':') ? `[${e.ip}]` : e.ip;
	return typeof e.port === 'number' ? `${ip}:${e.port}` : e.ip;
}

/* "192.168.1.5:4711 → 203.0.113.9:443"; '' where the file does not say who. */
const who = (a) => (a.orig?.ip || a.resp?.ip ? `${endpoint(a.orig) || '?'} → ${endpoint(a.resp) || '?'}` : '');

/* In a few words: its name, or what was unusual about it. */
function briefly(a, rare) {
	if (a.rule && a.rule !== 'unusual')
		return a.title;
	return rare && a.sentence ? sentence(a.sentence.replace(/^unusual: /, '')) : feature(a.most_unusual.feature, a.most_unusual.value);
}

function fillStory(detail, a) {
	const story = detail.querySelector('.detail-story');
	const parts = [a.sentence ? sentence(a.sentence) : '', who(a), a.incident ? `Incident ${count(a.incident)}` : ''].filter(Boolean);
	story.textContent = parts.length > 0 ? `${parts.join('. ')}.` : '';
	story.hidden = parts.length === 0;
}

function fillDetail(detail, a, windowLength, rare) {
	const why = a.most_unusual;
	fillStory(detail, a);
	detail.querySelector('.detail-words').textContent =
		`Window ${count(a.sequence_id)}, flows ${count(a.rows[0])} to ${count(a.rows[1])} of the file, counted from 0. ` +
		(rare
			? `Its score ${error(a.error)} is above the threshold ${error(a.threshold)}; the p-value of its flow is ${pValue(a.p_value)}. `
			: `Its error ${error(a.error)} is ${times(a.error, a.threshold)} the threshold ${error(a.threshold)}. `) +
		`${why.share > 0 ? `${Math.round(100 * why.share)} % of it comes from one value` : 'The farthest from normal is one value'}: ` +
		`${feature(why.feature, why.value, true)} in flow ${why.step + 1} of ${windowLength}.`;
	const sample = detail.querySelector('.sample');
	sample.append(element('dt', 'Last flow of the window'));
	for (const [name, value] of Object.entries(a.sample_data ?? {}))
		sample.append(element('dd', feature(name, value, true)));
}

function makeRows(a, windowLength, rare) {
	const [row, detail] = stamp('anomaly-row');
	const cell = (name) => row.querySelector(`.${name}`);
	const button = row.querySelector('button');
	setMark(cell('mark'), a.severity);
	setTime(row.querySelector('time'), a.ts);
	cell('flows').textContent = `${count(a.rows[0])}–${count(a.rows[1])}`;
	cell('error').textContent = error(a.error);
	cell('times').textContent = rare ? pValue(a.p_value) : times(a.error, a.threshold);
	cell('device').textContent = a.device ?? '–';
	cell('why').textContent = briefly(a, rare);
	button.querySelector('.visually-hidden').textContent = `Details of window ${a.sequence_id}`;
	fillDetail(detail, a, windowLength, rare);
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
	const rare = scan.method === 'hybrid';
	const body = byId('anomaly-rows');
	const more = byId('more-anomalies');
	const add = (from, to) => body.append(...details.slice(from, to).flatMap((a) => makeRows(a, windowLength, rare)));

	body.replaceChildren();
	setText('anomalies-error', rare ? 'Score' : 'Error');
	setText('anomalies-times', rare ? 'p-value' : '× threshold');
	byId('anomalies').classList.toggle('without-devices', details.every((a) => !a.device));
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
