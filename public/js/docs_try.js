/* docs_try: an operation as a command for a terminal, and, where it changes nothing, to try at once. */
import { element } from './dom.js';
import { follow } from './docs_schema.js';

const SHOWN = 20000; /* characters of an answer */

/* The parameters of an operation, those of its address among them. */
export function parametersOf(item, operation) {
	return [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(follow);
}

const exampleOf = (p) => p.example ?? p.schema?.example ?? p.schema?.examples?.[0] ?? p.schema?.default ?? '';

/* Within single quotes of a shell. */
const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

/* The address with values: {name: text}; empty ones are left out. */
export function address(path, parameters, values) {
	const query = new URLSearchParams();
	let filled = path;
	for (const p of parameters) {
		const value = String(values[p.name] ?? '');
		if (p.in === 'path')
			filled = filled.replace(`{${p.name}}`, encodeURIComponent(value));
		else if (p.in === 'query' && value !== '')
			query.set(p.name, value);
	}
	return query.size ? `${filled}?${query}` : filled;
}

export function curl(method, path, item, operation) {
	const parameters = parametersOf(item, operation);
	const given = Object.fromEntries(parameters.filter((p) => p.required).map((p) => [p.name, exampleOf(p)]));
	const content = follow(operation.requestBody)?.content ?? {};
	const words = ['curl', '-sS'];
	if (content['multipart/form-data']) {
		words.push('-F', 'file=@capture.csv');
	} else if (content['application/json']) {
		const { example, schema } = content['application/json'];
		words.push('-H', quoted('Content-Type: application/json'), '-d', quoted(JSON.stringify(example ?? follow(schema)?.examples?.[0] ?? {})));
	}
	if (method !== 'get' && !(method === 'post' && words.includes('-F')) && !(method === 'post' && words.includes('-d')))
		words.splice(2, 0, '-X', method.toUpperCase());
	return [...words, quoted(location.origin + address(path, parameters, given))].join(' ');
}

function field(p, id) {
	const line = element('div', '', 'docs-field');
	const label = element('label', p.name);
	const choices = follow(p.schema)?.enum;
	const input = document.createElement(choices ? 'select' : 'input');
	label.htmlFor = input.id = id;
	input.name = p.name;
	input.className = choices ? 'form-select form-select-sm' : 'form-control form-control-sm';
	input.required = p.required === true;
	if (choices)
		input.append(new Option('', ''), ...choices.filter((c) => c !== null).map((c) => new Option(c, c)));
	input.value = p.required ? exampleOf(p) : '';
	if (!choices && p.schema?.default !== undefined)
		input.placeholder = p.schema.default;
	line.append(label, input);
	return line;
}

function pretty(text, type) {
	let shown = text;
	if (type.includes('json')) {
		try {
			shown = JSON.stringify(JSON.parse(text), null, 2);
		} catch {
			/* then as it came */
		}
	}
	return shown.length > SHOWN ? `${shown.slice(0, SHOWN)}\n… (${shown.length - SHOWN} more characters)` : shown;
}

async function send(path, said, body) {
	const began = performance.now();
	try {
		const answer = await fetch(path, { headers: { Accept: 'application/json, */*;q=0.5' }, cache: 'no-store' });
		const text = await answer.text();
		said.textContent = `${answer.status} ${answer.statusText}, ${answer.headers.get('Content-Type') ?? 'no body'}, ${Math.round(performance.now() - began)} ms`;
		body.textContent = pretty(text, answer.headers.get('Content-Type') ?? '');
	} catch {
		said.textContent = 'The server cannot be reached. Check the connection and try again.';
		body.textContent = '';
	}
	body.hidden = body.textContent === '';
}

/* A form for the parameters, and the answer below it. */
export function tryIt(path, item, operation) {
	const parameters = parametersOf(item, operation).filter((p) => p.in !== 'header');
	const form = element('form', '', 'docs-try');
	const button = element('button', 'Send', 'btn btn-sm btn-primary');
	const said = element('p', '', 'meta');
	const body = element('pre', '', 'docs-code');
	said.setAttribute('role', 'status');
	body.tabIndex = 0;
	body.hidden = true;
	body.setAttribute('aria-label', 'Answer');
	form.setAttribute('aria-label', `Try ${path}`);
	form.append(...parameters.map((p) => field(p, `${operation.operationId}-${p.name}`)), button, said, body);
	form.addEventListener('submit', (e) => {
		e.preventDefault();
		send(address(path, parameters, Object.fromEntries(new FormData(form))), said, body);
	});
	return form;
}
