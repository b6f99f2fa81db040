/* new: the page that takes files, in a real browser against a real server. See page.mjs. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { arrived, attacks, base, capture, drop, dropAll, everywhere, holdAnswer, json, launch, openPage, overflow, pageTests, reach, ready, screenshot, text } from './page.mjs';

const grouped = (n) => new Intl.NumberFormat('en').format(n);
const path = '/new';
const large = join(process.env.OUT, 'large.csv'); /* enough for some seconds */
let browser;
const pageTest = pageTests(() => browser);

before(async () => {
	const [head, ...rows] = capture.text.trimEnd().split('\n');
	browser = await launch();
	writeFileSync(large, `${head}\n${`${rows.slice(0, 100).join('\n')}\n`.repeat(30000)}`);
});
after(() => {
	rmSync(large, { force: true });
	return browser?.close();
});

const lines = (page) => page.locator('#queue-lines li');
const idle = (page) => page.locator('#upload').waitFor({ state: 'visible' });

pageTest('a dropped file leads to the page of its scan, which stays', { path }, async (page) => {
	await drop(page, capture.name, capture.text);
	const id = await arrived(page);
	const scan = await json(page, `/scan/${id}`);
	assert.equal(scan.state, 'done');
	assert.equal(await text(page, '#scan-title'), capture.name);
	assert.equal(await text(page, '#tile-anomalies'), grouped(scan.anomalies_count));
	await page.reload();
	assert.equal(await text(page, '#scan-title'), capture.name);
});

pageTest('several files are scanned one after the other, each with a line of its own', { path, expected: ['/api/v1/scans'] }, async (page) => {
	const rows = capture.text.split('\n');
	const broken = [...rows.slice(0, 40), ...Array.from({ length: 12 }, (_, i) => `1,2,x${i},4,5,benign`), ...rows.slice(40)].join('\n');
	await dropAll(page, [
		['one.csv', capture.text],
		['two.csv.gz', gzipSync(capture.text)],
		['picture.csv', Buffer.from('\x89PNG\r\n\x1a\n but named as CSV', 'latin1')],
		['nothing.csv', ''],
		['broken.csv', broken],
	]);
	assert.equal(await lines(page).count(), 5);
	await idle(page);
	const [one, two, picture, nothing, last] = await lines(page).allInnerTexts();
	assert.match(one, /one\.csv[^]* in [\d,]+ flows[^]*CSV/);
	assert.match(two, /two\.csv\.gz[^]* in [\d,]+ flows[^]*CSV.* out of gzip, .* unpacked$/);
	assert.match(picture, /failed[^]*PNG picture file; taken are: CSV/i);
	assert.match(nothing, /failed[^]*empty/i);
	assert.match(last, /broken\.csv[^]*of the rows skipped/);
	assert.equal(await page.evaluate(() => document.activeElement.id), 'queue-title');
	await everywhere(page, 'new-several');
	await lines(page).nth(1).locator('a').click();
	await arrived(page);
	assert.equal(await text(page, '#scan-title'), 'two.csv.gz');
	assert.match(await text(page, '#recognised'), /^Recognised as CSV.* out of gzip, .* unpacked$/);

	/* The next go begins with an empty list. */
	await page.goBack();
	await ready(page);
	await drop(page, 'picture.png', 'GIF89a');
	await idle(page);
	assert.equal(await lines(page).count(), 1);
});

pageTest('a file that is no capture is refused in words that say what to do, and the next one is taken', { path, expected: ['/api/v1/scans'] }, async (page) => {
	const [response] = await Promise.all([
		page.waitForResponse((r) => r.url().includes('/api/v1/scans?')),
		drop(page, 'notes.csv', 'hello,world\n1,2\n3,4\n', 'body'),
	]);
	const { error } = await response.json();
	assert.ok(response.status() >= 400 && response.status() < 500);
	await idle(page);
	const told = await lines(page).first().innerText();
	assert.ok(told.toLowerCase().includes(error.toLowerCase()), `${error} in ${told}`);
	assert.match(told, /Correct the file, or take another/);
	assert.equal(await lines(page).first().locator('.mark').innerText(), 'Failed');
	await screenshot(page, 'new-refused');
	await page.setInputFiles('#file', capture.path);
	await arrived(page);
});

pageTest('a compressed file that is broken is told with what it was', { path, expected: ['/api/v1/scans'] }, async (page) => {
	await drop(page, 'cut.csv.gz', gzipSync(capture.text).subarray(0, -20));
	await idle(page);
	assert.match(await lines(page).first().innerText(), /The gzip file ends early[^]*Recognised as CSV.* out of gzip/);
	await lines(page).first().locator('a').click();
	await arrived(page);
	assert.match(await text(page, '#verdict-text'), /^The gzip file ends early/);
});

pageTest('an empty file and a broken connection are told', { path }, async (page) => {
	await drop(page, 'empty.csv', '');
	assert.match(await lines(page).first().innerText(), /empty/);
	await page.context().setOffline(true);
	await drop(page, capture.name, capture.text);
	await page.getByText('cannot be reached').first().waitFor();
	await idle(page);
	await page.context().setOffline(false);
});

pageTest('files that are dropped meanwhile wait, and all can be cancelled at once', { path }, async (page) => {
	const release = await holdAnswer(page);
	await drop(page, capture.name, capture.text);
	assert.equal(await page.isVisible('#cancel-all'), false);
	await dropAll(page, [
		['second.csv', capture.text],
		['third.csv', capture.text],
	], 'body');
	assert.deepEqual(await lines(page).locator('.mark').allInnerTexts(), ['Running', 'Waiting', 'Waiting']);
	await page.click('#cancel-all');
	await idle(page);
	assert.deepEqual(await lines(page).locator('.mark').allInnerTexts(), ['Cancelled', 'Cancelled', 'Cancelled']);
	void release;
});

pageTest('a scan tells rows, their rate and the time that is left, and ends when it is cancelled', { path, expected: ['/api/v1/scans'] }, async (page) => {
	await page.setInputFiles('#file', large);
	await page.waitForFunction(() => /rows, [\d,]+ rows\/s/.test(document.querySelector('#work-detail').textContent), null, { polling: 50, timeout: 20000 });
	assert.equal(await text(page, '#work-title'), 'Scanning');
	assert.equal(await page.isVisible('#upload'), false);
	await page.click('#cancel');
	await idle(page);
	assert.equal(await lines(page).first().locator('.mark').innerText(), 'Cancelled');
	const ended = async () => (await json(page, '/history?limit=10')).find((s) => s.file === 'large.csv').state;
	for (let i = 0; i < 30 && (await ended()) === 'running'; i++)
		await page.waitForTimeout(100);
	assert.equal(await ended(), 'cancelled');
});

pageTest('what the server says of the progress is shown', { path }, async (page) => {
	const release = await holdAnswer(page);
	await page.evaluate(() => {
		const state = { scan_id: 1, state: 'running', bytes: 250, size: 1000, rows: 12345, windows: 12336, anomalies: 1, rows_per_second: 4321, seconds_left: 75 };
		const real = globalThis.fetch;
		globalThis.fetch = (url, options) => (url.startsWith('/api/v1/uploads/') ? Promise.resolve(Response.json(state)) : real(url, options));
	});
	await drop(page, capture.name, capture.text);
	await page.getByText('12,345 rows, 4,321 rows/s, about 1 min 15 s left, 1 anomaly so far').waitFor();
	assert.equal(await text(page, '#say'), 'Scanning');
	assert.equal(await page.evaluate(() => document.querySelector('#work-bar').value), 0.25);
	await release('continue');
	await arrived(page);
});

pageTest('a scan whose answer was lost on its way is found all the same', { path }, async (page) => {
	const release = await holdAnswer(page);
	await drop(page, capture.name, capture.text);
	await release('fail');
	await arrived(page);
	assert.equal(await text(page, '#scan-title'), capture.name);
});

pageTest('text is pasted', { path, expected: ['/api/v1/scans'] }, async (page) => {
	await page.click('#paste summary');
	await page.fill('#paste-text', capture.text);
	await page.click('#paste-form button');
	await arrived(page);
	assert.equal(await text(page, '#scan-title'), 'paste.csv');
});

pageTest('method and threshold go with the file; a number that is none is told at once', { path, expected: ['/api/v1/scans'] }, async (page) => {
	await page.click('#options summary');
	await page.check('[name=method][value=lstm]');
	await page.fill('#number', '-1');
	assert.equal(await page.isChecked('[name=rule][value=number]'), true);
	await drop(page, capture.name, capture.text);
	assert.match(await text(page, '#options-error'), /^The threshold: /);
	assert.equal(await lines(page).count(), 0);
	await page.fill('#number', '0.5');
	const [request] = await Promise.all([page.waitForRequest((r) => r.url().includes('/api/v1/scans?')), drop(page, capture.name, capture.text)]);
	assert.match(request.url(), /&method=lstm&threshold=0\.5$/);
	const scan = await json(page, `/scan/${await arrived(page)}`);
	assert.equal(scan.method, 'lstm');
	assert.equal(scan.threshold, 0.5);
	assert.match(await text(page, '#tile-threshold'), /^0\.5$/);
});

pageTest('any table of numbers is judged by its rows', { path }, async (page) => {
	const rows = Array.from({ length: 400 }, (_, i) => `${i % 7},${(i % 7) * 2},${i === 300 ? 900 : i % 3}`);
	await page.click('#options summary');
	await page.check('[name=method][value=dense]');
	await drop(page, 'table.csv', `a,b,c\n${rows.join('\n')}\n`);
	const scan = await json(page, `/scan/${await arrived(page)}`);
	assert.equal(scan.method, 'dense');
	assert.ok(scan.anomalies_count > 0);
	assert.equal(await text(page, '.tiles dt >> nth=1'), 'Rows');
	await everywhere(page, 'result-dense');
});

pageTest('a sample is scanned with one click', { path }, async (page) => {
	await page.click('#sample button');
	await arrived(page);
	assert.ok((await page.locator('.incident').count()) > 0);
	await everywhere(page, 'result-sample');
});

pageTest('a hostile file name is text', { path, expected: ['/api/v1/scans'] }, async (page) => {
	const name = `<img src=x onerror=alert(1)>\u202egnp${'x'.repeat(200)}.csv`;
	await dropAll(page, [
		[name, capture.text],
		[name, 'GIF89a'],
	]);
	await idle(page);
	assert.equal(await page.locator('#queue img').count(), 0);
	assert.equal(await overflow(page), 0);
	await everywhere(page, 'new-hostile');
	await lines(page).first().locator('a').click();
	await arrived(page);
	assert.ok((await page.locator('#scan-title').textContent()).startsWith('<img src=x onerror=alert(1)>'));
	assert.equal(await page.locator('main img').count(), 0);
	await everywhere(page, 'result-hostile-file');
});

pageTest('everything can be done with the keyboard', { path }, async (page) => {
	const chooser = page.waitForEvent('filechooser');
	await reach(page, '#theme input');
	await page.keyboard.press('ArrowRight');
	assert.equal(await page.getAttribute('html', 'data-bs-theme'), 'dark');
	await reach(page, '#file');
	assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.target')).outlineStyle), 'solid');
	await reach(page, '#options summary');
	await page.keyboard.press('Enter');
	await reach(page, '[name=method]');
	await page.keyboard.press('ArrowDown');
	assert.equal(await page.isChecked('[name=method][value=hybrid]'), true);
	await reach(page, '#paste summary');
	await page.focus('#file');
	await page.keyboard.press('Enter');
	await (await chooser).setFiles(attacks.path);
	await arrived(page);
});

pageTest('the chosen colours stay', { path }, async (page) => {
	await page.check('#theme [value=dark]', { force: true });
	await page.reload();
	assert.equal(await page.getAttribute('html', 'data-bs-theme'), 'dark');
	await ready(page);
	await page.check('#theme [value=system]', { force: true });
	assert.equal(await page.getAttribute('html', 'data-bs-theme'), 'light');
	await page.emulateMedia({ colorScheme: 'dark' });
	await page.locator('html[data-bs-theme=dark]').waitFor();
});

pageTest('nothing moves while the page comes', { path }, async (page) => {
	await page.waitForTimeout(300);
	assert.ok((await page.evaluate(() => globalThis.shift)) < 0.02);
	await page.click('#options summary');
	await page.click('#paste summary');
	await everywhere(page, 'new');
});

/* No openPage(): it waits for scripts. */
test('without scripts a form sends the file', { timeout: 30000 }, async () => {
	const context = await browser.newContext({ javaScriptEnabled: false });
	const page = await context.newPage();
	await page.goto(`${base}${path}`);
	await page.setInputFiles('#file', capture.path);
	await page.click('#upload button');
	const scan = JSON.parse(await page.locator('body').textContent());
	assert.equal(scan.file, capture.name);
	await page.goto(`${base}/scans/${scan.scan_id}`);
	assert.equal(await text(page, '#tile-anomalies'), grouped(scan.anomalies_count));
	await context.close();
});
