/* docs_schema: schemas of the OpenAPI document as nested lists. What a $ref stands for is made when somebody opens it: schemas may go round in circles. */
import { element } from './dom.js';

let document_ = null;

export function use(openapi) {
	document_ = openapi;
}

/* What a {"$ref": "#/…"} stands for; anything else itself. */
export function follow(node) {
	let at = node;
	while (at?.$ref !== undefined)
		at = at.$ref
			.slice(2)
			.split('/')
			.reduce((o, name) => o?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document_);
	return at;
}

/* An element with text in which `this` is code. */
export function prose(name, text, className = '') {
	const e = element(name, '', className);
	text.split('`').forEach((piece, i) => e.append(i % 2 ? element('code', piece) : piece));
	return e;
}

const nameOf = (node) => node.$ref?.split('/').at(-1);

const limits = [
	['minimum', (v) => `≥ ${v}`],
	['maximum', (v) => `≤ ${v}`],
	['exclusiveMinimum', (v) => `> ${v}`],
	['exclusiveMaximum', (v) => `< ${v}`],
	['minLength', (v) => `${v} characters at least`],
	['maxLength', (v) => `${v} characters at most`],
	['minItems', (v) => `${v} at least`],
	['maxItems', (v) => `${v} at most`],
];

/* "integer, 1 to 200, default 50": one line without what is inside. */
export function inWords(schema) {
	const s = follow(schema) ?? {};
	const choices = s.oneOf ?? s.anyOf;
	const words = [];
	if (schema.$ref)
		words.push(nameOf(schema));
	else if (choices)
		words.push(choices.map(inWords).join(' or '));
	else if (s.const !== undefined)
		words.push(JSON.stringify(s.const));
	else if (s.type === 'array')
		words.push(`list of ${inWords(s.items ?? {})}`);
	else
		words.push([s.type ?? (s.enum ? 'string' : 'anything')].flat().join(' or '));
	if (s.format && !schema.$ref)
		words.push(s.format);
	for (const [key, say] of limits)
		if (s[key] !== undefined && !schema.$ref)
			words.push(say(s[key]));
	if (s.default !== undefined)
		words.push(`${JSON.stringify(s.default)} when it is not given`);
	return words.join(', ');
}

function choicesOf(schema) {
	const list = follow(schema)?.enum;
	return list ? `One of: ${list.map((v) => (v === null ? 'null' : v)).join(', ')}` : '';
}

/* What has members or items of its own below it. */
function inner(schema) {
	const s = follow(schema) ?? {};
	if (s.properties || s.allOf)
		return schema;
	if (s.type === 'array' || (Array.isArray(s.type) && s.items))
		return s.items ? inner(s.items) : null;
	for (const c of s.oneOf ?? s.anyOf ?? [])
		if (inner(c))
			return inner(c);
	return typeof s.additionalProperties === 'object' ? inner(s.additionalProperties) : null;
}

function members(schema) {
	const s = follow(schema) ?? {};
	const list = element('ul', '', 'members');
	const parts = [s, ...(s.allOf ?? []).map(follow)];
	for (const part of parts)
		for (const [name, value] of Object.entries(part.properties ?? {}))
			list.append(member(name, value, part.required?.includes(name)));
	return list;
}

function member(name, schema, required) {
	const item = element('li', '');
	const below = inner(schema);
	const line = element(below ? 'summary' : 'div', '');
	const notes = [follow(schema)?.description, choicesOf(schema)].filter(Boolean).join(' ');
	line.append(element('code', name), ' ', element('span', inWords(schema), 'meta'));
	if (!required)
		line.append(' ', element('span', 'may be missing', 'meta'));
	if (!below) {
		item.append(line);
	} else {
		const details = document.createElement('details');
		details.append(line);
		details.addEventListener('toggle', () => details.childElementCount === 1 && details.append(members(below)), { once: true });
		item.append(details);
	}
	if (notes)
		item.append(prose('p', notes));
	return item;
}

/* A schema with what is inside: an element. */
export function schemaView(schema) {
	const view = element('div', '', 'schema');
	const below = inner(schema);
	const words = follow(schema)?.description;
	view.append(prose('p', `${inWords(schema)}${words ? `. ${words}` : ''}`));
	const choices = choicesOf(schema);
	if (choices)
		view.append(element('p', choices));
	if (below)
		view.append(members(below));
	return view;
}
