/* docs: a programmer finds an operation, reads what it takes and gives, and tries it, with the keyboard alone where wanted. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage } from './page.mjs';

let browser;
before(async () => {
	browser = await launch();
});
after(() => browser.close());

async function openDocs(options) {
	const p = await openPage(browser, { path: '/docs', ...options });
	await p.page.waitForSelector('#docs[aria-busy=false]');
	return p;
}

test('every operation of the document is on the page, by its tag', async () => {
	const { page, close } = await openDocs();
	const document_ = await (await page.request.get(`${new URL(page.url()).origin}/api/v1/openapi.json`)).json();
	const wanted = Object.values(document_.paths).flatMap((item) => ['get', 'post', 'patch', 'put', 'delete'].filter((m) => item[m]).map((m) => item[m].operationId));
	assert.deepEqual((await page.$$eval('.docs-operation', (list) => list.map((o) => o.id))).sort(), wanted.sort());
	assert.deepEqual(await page.$$eval('#docs-tags h2', (list) => list.map((h) => h.textContent)), document_.tags.map((t) => t.name));
	await close();
});

test('words in the field leave what has them', async () => {
	const { page, close } = await openDocs();
	await page.fill('#docs-filter', 'GET healthz');
	assert.deepEqual(await page.$$eval('.docs-operation:not([hidden])', (list) => list.filter((o) => o.checkVisibility()).map((o) => o.id)), ['alive']);
	assert.equal(await page.textContent('#docs-found'), '1 found');
	await page.fill('#docs-filter', 'no such thing');
	assert.equal(await page.textContent('#docs-found'), '0 found');
	await close();
});

test('an address names an operation, which is open then, and its schemas open one in another', async () => {
	const { page, close } = await openDocs({ path: '/docs#scan' });
	await page.waitForSelector('#scan[open] .docs-body');
	await page.click('#scan .docs-answer:has-text("200") > summary');
	await page.click('#scan .members summary:has-text("incidents")');
	await page.waitForSelector('#scan .members .members :text-is("technique")');
	await close();
});

test('GET can be tried, by keys alone, and errors are shown as the server says them', async () => {
	const { page, close } = await openDocs({ path: '/docs#history', expected: ['/history'] });
	const answered = (status) => page.waitForFunction((s) => document.querySelector('#history .docs-try p').textContent.startsWith(s), status);
	await page.waitForSelector('#history[open] form');
	await page.focus('#history-limit');
	await page.keyboard.type('1');
	await page.keyboard.press('Tab');
	await page.keyboard.type('1');
	await page.keyboard.press('Enter');
	await answered('200 OK, application/json');
	assert.deepEqual(JSON.parse(await page.textContent('#history .docs-try pre')), []);
	await page.fill('#history-limit', '0');
	await page.click('#history .docs-try button');
	await answered('400');
	assert.equal(JSON.parse(await page.textContent('#history .docs-try pre')).field, 'limit');
	await close();
});

test('a command for the terminal has the address and what is sent', async () => {
	const { page, close } = await openDocs({ path: '/docs#upload' });
	await page.waitForSelector('#upload[open] .docs-command');
	assert.equal(await page.textContent('#upload .docs-command pre'), `curl -sS -F file=@capture.csv '${new URL(page.url()).origin}/upload'`);
	await close();
});

test('nothing is wider than a phone', async () => {
	const { page, close } = await openDocs({ path: '/docs#upload', viewport: { width: 360, height: 800 } });
	await page.waitForSelector('#upload[open] .docs-body');
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
	assert.ok((await page.evaluate(() => globalThis.shift)) < 0.1);
	await close();
});
