/* docs: the page /docs, made of the OpenAPI document. An operation is filled when it is opened first. */
import { byId, element, show } from './dom.js';
import { get } from './api.js';
import { follow, inWords, prose, schemaView, use } from './docs_schema.js';
import { curl, parametersOf, tryIt } from './docs_try.js';

const methods = ['get', 'post', 'patch', 'put', 'delete'];

/* Paragraphs, with `code` in them. */
function paragraphs(text) {
	return text.split('\n\n').map((part) => prose('p', part));
}

/* A table that scrolls by itself on a narrow screen. */
function table(caption, head, rows) {
	const frame = element('div', '', 'table-frame');
	const t = element('table', '', 'table table-sm');
	const header = element('tr', '');
	const body = document.createElement('tbody');
	frame.tabIndex = 0;
	frame.setAttribute('role', 'region');
	frame.setAttribute('aria-label', caption);
	header.append(
		...head.map((name) => {
			const th = element('th', name);
			th.scope = 'col';
			return th;
		}),
	);
	for (const cells of rows) {
		const row = element('tr', '');
		for (const c of cells) {
			const td = document.createElement('td');
			td.append(c);
			row.append(td);
		}
		body.append(row);
	}
	t.append(document.createElement('thead'), body);
	t.tHead.append(header);
	frame.append(t);
	return frame;
}

function parameterRows(parameters) {
	const places = { path: 'address', query: 'query', header: 'header' };
	return parameters.map((p) => {
		const choices = follow(p.schema)?.enum;
		const words = choices ? `one of ${choices.join(', ')}` : inWords(p.schema);
		return [element('code', p.name), `${places[p.in]}${p.required ? ', needed' : ''}`, words, prose('span', p.description ?? '')];
	});
}

/* What is sent or answered in one or more types: each schema once. */
function contents(content) {
	const parts = [];
	for (const [type, { schema }] of Object.entries(content)) {
		const same = parts.find((p) => JSON.stringify(p.schema) === JSON.stringify(schema));
		if (same)
			same.types.push(type);
		else
			parts.push({ types: [type], schema });
	}
	return parts.flatMap(({ types, schema }) => {
		const line = element('p', '', 'meta');
		types.forEach((t, i) => line.append(i ? ', ' : '', element('code', t)));
		return schema ? [line, schemaView(schema)] : [line];
	});
}

function answerView([status, answer]) {
	const a = follow(answer);
	const details = document.createElement('details');
	const summary = element('summary', '');
	details.className = 'docs-answer';
	summary.append(element('b', status), ' ', prose('span', a.description));
	details.append(summary);
	details.addEventListener('toggle', () => details.childElementCount === 1 && details.append(...contents(a.content ?? {})), { once: true });
	return details;
}

function codeView(text) {
	const frame = element('div', '', 'docs-command');
	const code = element('pre', text, 'docs-code');
	const copy = element('button', 'Copy', 'btn btn-sm btn-outline-secondary');
	code.tabIndex = 0;
	code.setAttribute('aria-label', 'Command');
	copy.type = 'button';
	copy.addEventListener('click', async () => {
		try {
			await navigator.clipboard.writeText(text);
			copy.textContent = 'Copied';
		} catch {
			getSelection().selectAllChildren(code); /* an address without TLS has no clipboard */
			copy.textContent = 'Selected';
		}
	});
	frame.append(code, copy);
	return frame;
}

function fill(details, method, path, item, operation) {
	const parameters = parametersOf(item, operation);
	const body = follow(operation.requestBody);
	const answers = Object.entries(operation.responses);
	const view = element('div', '', 'docs-body');
	if (operation.description)
		view.append(...paragraphs(operation.description));
	if (parameters.length)
		view.append(element('h3', 'Parameters'), table('Parameters', ['Name', 'Where', 'What', 'Meaning'], parameterRows(parameters)));
	if (body)
		view.append(element('h3', 'Body'), ...(body.description ? paragraphs(body.description) : []), ...contents(body.content));
	view.append(element('h3', 'Command'), codeView(curl(method, path, item, operation)));
	if (method === 'get')
		view.append(element('h3', 'Try it'), tryIt(path, item, operation));
	view.append(element('h3', 'Answers'), ...answers.map(answerView));
	details.append(view);
}

function operationView(method, path, item, operation) {
	const details = document.createElement('details');
	const summary = element('summary', '');
	const verb = element('span', method.toUpperCase(), 'verb');
	details.className = 'docs-operation';
	details.id = operation.operationId;
	details.dataset.words = `${method} ${path} ${operation.summary} ${operation.operationId}`.toLowerCase();
	verb.dataset.verb = method;
	summary.append(verb, ' ', element('code', path), ' ', element('span', operation.summary, 'what'));
	details.append(summary);
	details.addEventListener('toggle', () => details.childElementCount === 1 && fill(details, method, path, item, operation), { once: true });
	return details;
}

function tagView(tag, operations) {
	const section = element('section', '', 'card');
	const title = element('h2', tag.name);
	title.id = `tag-${tag.name.toLowerCase()}`;
	section.setAttribute('aria-labelledby', title.id);
	section.append(title);
	if (tag.description)
		section.append(element('p', tag.description, 'meta'));
	section.append(...operations);
	return section;
}

function find() {
	const words = byId('docs-filter').value.toLowerCase().split(/\s+/).filter(Boolean);
	let shown = 0;
	for (const section of byId('docs-tags').children) {
		let here = 0;
		for (const o of section.querySelectorAll('.docs-operation')) {
			o.hidden = !words.every((w) => o.dataset.words.includes(w));
			here += !o.hidden;
		}
		section.hidden = here === 0;
		shown += here;
	}
	byId('docs-found').textContent = words.length ? `${shown} found` : '';
}

/* The address may name an operation. */
function openNamed() {
	const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
	if (named?.matches('.docs-operation')) {
		named.dispatchEvent(new Event('toggle')); /* filled now: that of the browser comes when the page was painted already */
		named.open = true;
		named.scrollIntoView();
		named.querySelector('summary').focus({ preventScroll: true });
	}
}

try {
	const openapi = await get('/api/v1/openapi.json');
	const byTag = new Map(openapi.tags.map((t) => [t.name, []]));
	use(openapi);
	for (const [path, item] of Object.entries(openapi.paths))
		for (const method of methods.filter((m) => item[m]))
			byTag.get(item[method].tags[0]).push(operationView(method, path, item, item[method]));
	byId('docs-intro').append(...paragraphs(openapi.info.description));
	byId('docs-tags').append(...openapi.tags.map((t) => tagView(t, byTag.get(t.name))));
	byId('docs-filter').addEventListener('input', find);
	addEventListener('hashchange', openNamed);
	openNamed();
} catch (failure) {
	byId('docs-failed').textContent = failure.message;
	show('docs-failed', true);
}
byId('docs').setAttribute('aria-busy', 'false');
