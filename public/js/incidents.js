/* incidents: what happened, worst first, each with who, when, why and what to do. */
import { byId, element, setMark, setText, show, stamp } from './dom.js';
import { bytes, count, duration, plural, pValue, sentence, setTime } from './words.js';

const FIRST = 10; /* before "show more" */

/* "192.168.1.5 (02:00:00:00:00:01)"; '' when the file does not say who. */
function device(i) {
	const { ip, mac } = i.device ?? {};
	return ip && mac ? `${ip} (${mac})` : (ip ?? mac ?? '');
}

/* "203.0.113.9 port 6667", "186 addresses on port 23". */
function peer(i) {
	const port = typeof i.port === 'number';
	if (i.peer)
		return port ? `${i.peer} port ${i.port}` : i.peer;
	if (!(i.peers > 0))
		return port ? `port ${i.port}` : '';
	return `${plural(i.peers, 'address', 'addresses')}${port ? ` on port ${i.port}` : ''}`;
}

/* The id of an attack technique as a link to what is known of it. */
function technique(i) {
	const parts = /^(T\d{4})(?:\.(\d{3}))?$/.exec(i.technique ?? '');
	const link = element(parts ? 'a' : 'span', i.technique ?? '', 'technique');
	if (parts) {
		link.href = `https://attack.mitre.org/techniques/${parts[1]}/${parts[2] ? `${parts[2]}/` : ''}`;
		link.rel = 'noopener noreferrer';
		link.target = '_blank';
		link.title = `MITRE ATT&CK: ${i.tactic ?? i.technique}`;
	}
	return link;
}

const units = { bytes, s: duration };
const number = (value, unit) => (Object.hasOwn(units, unit) ? units[unit](value) : `${count(value)}${unit ? ` ${unit}` : ''}`);

function pair(name, value) {
	const box = document.createElement('div');
	box.append(element('dt', name), element('dd', value));
	return box;
}

/* Numbers of the rule, then those that every incident has. */
function evidence(i) {
	const list = (i.evidence ?? []).map((n) => {
		const normal = typeof n.normal === 'number' ? ` (normal ${number(n.normal, n.unit)})` : '';
		return pair(sentence(n.name.replaceAll('_', ' ')), number(n.value, n.unit) + normal);
	});
	list.push(pair('Flows', count(i.flows)), pair('Rows of the file', `${count(i.rows?.[0])}–${count(i.rows?.[1])}`));
	if (typeof i.bytes_out === 'number')
		list.push(pair('Sent, received', `${bytes(i.bytes_out)}, ${bytes(i.bytes_in)}`));
	if (typeof i.p_value === 'number')
		list.push(pair('Least p-value', pValue(i.p_value)));
	if (i.also?.length > 0)
		list.push(pair('Signs of', i.also.map((name) => name.replaceAll('_', ' ')).join(', ')));
	return list;
}

function makeItem(i) {
	const [item] = stamp('incident-item');
	const part = (name) => item.querySelector(`.${name}`);
	const who = device(i);
	const whom = peer(i);
	setMark(part('mark'), i.severity);
	part('title').textContent = i.title ?? i.attack;
	part('title').after(technique(i));
	part('number').textContent = `Incident ${count(i.id)}`;
	part('device').textContent = who;
	part('device').parentElement.hidden = who === '';
	part('peer').textContent = whom;
	part('peer').parentElement.hidden = whom === '';
	const [start, end] = item.querySelectorAll('time');
	setTime(start, i.start);
	setTime(end, i.end);
	/* On one day the second date says nothing. */
	if (start.textContent.slice(0, 10) === end.textContent.slice(0, 10))
		end.textContent = end.textContent.slice(11);
	part('when').hidden = typeof i.start !== 'number';
	part('sentence').textContent = sentence(i.sentence ?? '');
	part('meaning').textContent = i.meaning ?? '';
	part('advice').textContent = i.advice ?? '';
	part('evidence').append(...evidence(i));
	return item;
}

export function showIncidents(scan) {
	const list = scan.incidents ?? [];
	const total = scan.incidents_count ?? 0;
	const box = byId('incident-list');
	const more = byId('more-incidents');

	show('incidents', list.length > 0);
	setText('incidents-meta', list.length < total ? `the ${count(list.length)} worst of ${count(total)}` : 'worst first');
	box.replaceChildren(...list.slice(0, FIRST).map(makeItem));
	more.hidden = list.length <= FIRST;
	more.textContent = `Show ${count(list.length - FIRST)} more`;
	more.onclick = () => {
		const next = box.children.length;
		box.append(...list.slice(FIRST).map(makeItem));
		more.hidden = true;
		box.children[next].querySelector('summary').focus({ preventScroll: true });
	};
}
