/* history: the list of scans, two of them compared, and one on paper; in a real browser against a real server. See page.mjs. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { attacks, base, capture, everywhere, json, launch, openPage, pageTests, reach, ready, scanned, text } from './page.mjs';

const EVIL = `<img src=x onerror="globalThis.violations.push(1)">\u202egnp${'y'.repeat(7000)}`;
let browser;
let one, two, evil;
const pageTest = pageTests(() => browser);

before(async () => {
	browser = await launch();
	const { page, close } = await openPage(browser);
	one = await scanned(page, { name: 'kitchen.csv', text: attacks.text });
	two = await scanned(page, { name: 'Kitchen-again.csv', text: attacks.text.split('\n').slice(0, 5000).join('\n') });
	evil = await scanned(page, { name: EVIL, text: capture.text });
	for (let i = 0; i < 52; i++)
		await scanned(page, { name: `turn-${i % 7}.csv`, text: capture.text });
	await close();
});
after(() => browser?.close());

const row = (page, id) => page.locator(`#scan-rows tr[data-id="${id}"]`);
const ids = (page) => page.locator('#scan-rows tr').evaluateAll((rows) => rows.map((r) => Number(r.dataset.id)));

pageTest('a part of a name finds scans, filters narrow them down, and everything can be taken back', { path: '/scans' }, async (page) => {
	await page.fill('#q', 'KITCHEN');
	await page.keyboard.press('Enter');
	await page.waitForURL(/q=KITCHEN/);
	await ready(page);
	assert.deepEqual(await ids(page), [two.scan_id, one.scan_id]);
	await page.click('.narrow summary');
	await page.selectOption('[name=state]', 'failed');
	await page.click('.fields button');
	await page.waitForURL(/state=failed/);
	assert.match(await text(page, '.empty'), /No scan is like this/);
	await page.click('.empty a');
	await page.waitForURL(`${base}/scans`);
	assert.equal((await ids(page)).length, 50);
	await everywhere(page, 'history');
});

pageTest('the heads of columns sort, both ways, and say so', { path: '/scans?q=kitchen' }, async (page) => {
	const head = (name) => page.locator('thead th', { hasText: name });
	assert.equal(await head('Time').getAttribute('aria-sort'), 'descending');
	await head('Flows').locator('a').click();
	await ready(page);
	assert.equal(await head('Flows').getAttribute('aria-sort'), 'descending');
	assert.deepEqual(await ids(page), [one.scan_id, two.scan_id]);
	await head('Flows').locator('a').click();
	await ready(page);
	assert.equal(await head('Flows').getAttribute('aria-sort'), 'ascending');
	assert.deepEqual(await ids(page), [two.scan_id, one.scan_id]);
});

pageTest('pages are turned forth and back', { path: '/scans' }, async (page) => {
	const first = await ids(page);
	await page.click('[rel=next]');
	await page.waitForURL(/cursor=/);
	await ready(page);
	const second = await ids(page);
	assert.ok(second.length > 0 && second.every((id) => id < Math.min(...first)));
	await page.click('[rel=prev]');
	await page.waitForURL(/back=/);
	await ready(page);
	assert.deepEqual(await ids(page), first);
	assert.equal(await page.locator('[rel=prev]').count(), 0);
});

pageTest('a scan is deleted and brought back by keyboard, and both are said', { path: '/scans?q=kitchen', expected: ['/scan/'] }, async (page) => {
	await reach(page, `tr[data-id="${one.scan_id}"] .delete`);
	await page.keyboard.press('Enter');
	await page.locator(`tr.gone[data-id="${one.scan_id}"]`).waitFor();
	assert.match(await row(page, one.scan_id).innerText(), /Deleted: kitchen\.csv\./);
	assert.match(await page.locator('#say').textContent(), /Deleted: kitchen\.csv/);
	assert.equal(await page.evaluate((id) => fetch(`/scan/${id}`).then((r) => r.status), one.scan_id), 404);
	assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Undo');
	await page.keyboard.press('Enter');
	await page.locator(`tr:not(.gone)[data-id="${one.scan_id}"]`).waitFor();
	assert.match(await page.locator('#say').textContent(), /kitchen\.csv is back/);
	assert.ok(await page.evaluate(() => document.activeElement.matches('.delete')));
	assert.equal((await json(page, `/scan/${one.scan_id}`)).state, 'done');
});

pageTest('what was deleted is found and restored later', { path: '/scans?q=kitchen' }, async (page) => {
	await row(page, two.scan_id).locator('.delete').click();
	await page.locator('tr.gone').waitFor();
	await page.reload();
	await ready(page);
	assert.deepEqual(await ids(page), [one.scan_id]);
	await page.click('text=Recently deleted');
	await ready(page);
	assert.match(await text(page, 'h1'), /Recently deleted/);
	await everywhere(page, 'deleted');
	await row(page, two.scan_id).locator('.restore').click();
	await page.locator('tr.gone').waitFor();
	assert.equal((await json(page, `/scan/${two.scan_id}`)).state, 'done');
});

pageTest('a server that says no is quoted beside the button', { path: '/scans?q=kitchen', expected: ['/api/v1/scans/'] }, async (page) => {
	await page.route('**/api/v1/scans/*', (route) =>
		route.fulfill({ status: 409, contentType: 'application/json', body: '{"error":"scan 1 is still <b>running</b>","code":"conflict"}' }),
	);
	await row(page, one.scan_id).locator('.delete').click();
	await page.locator('[role=alert]').waitFor();
	assert.equal(await text(page, '[role=alert]'), 'scan 1 is still <b>running</b>');
	assert.equal(await row(page, one.scan_id).locator('.file').innerText(), 'kitchen.csv');
});

pageTest('two scans are ticked and compared', { path: '/scans?q=kitchen' }, async (page) => {
	assert.ok(await page.isDisabled('#compare button'));
	await row(page, two.scan_id).locator('input').check();
	await row(page, one.scan_id).locator('input').check();
	await page.click('#compare button');
	await page.waitForURL(`${base}/scans/compare?a=${one.scan_id}&b=${two.scan_id}`);
	await ready(page);
	const compared = await json(page, `/api/v1/compare?a=${one.scan_id}&b=${two.scan_id}`);
	for (const [id, list] of [['both', 'both'], ['only-a', 'only_a'], ['only-b', 'only_b']])
		assert.equal(await page.locator(`section[aria-labelledby=${id}] li`).count(), compared.incidents[list].length);
	assert.ok(compared.incidents.both.length > 0);
	await everywhere(page, 'compare');
	await page.click('text=Swap A and B');
	await page.waitForURL(`${base}/scans/compare?a=${two.scan_id}&b=${one.scan_id}`);
});

pageTest('the filter that is shown is what is exported', { path: '/scans?q=kitchen' }, async (page) => {
	const [file] = await Promise.all([page.waitForEvent('download'), page.click('.turn a:text-is("CSV")')]);
	assert.equal(file.suggestedFilename(), 'scans.csv');
	const lines = (await (await file.createReadStream()).toArray()).join('').trim().split('\r\n');
	assert.deepEqual(lines.slice(1).map((line) => Number(line.split(',')[0])), [two.scan_id, one.scan_id]);
});

pageTest('a click anywhere in a row opens the scan', { path: '/scans?q=kitchen' }, async (page) => {
	await row(page, one.scan_id).locator('.result').click();
	await page.waitForURL(`${base}/scans/${one.scan_id}`);
});

pageTest('on paper a scan has no navigation and is black on white', {}, async (page) => {
	await page.goto(`${base}/scans/${one.scan_id}/report`);
	await ready(page);
	assert.equal(await page.locator('.case').count(), one.incidents.length);
	assert.ok((await text(page, '.case')).includes(one.incidents[0].advice));
	await everywhere(page, 'report');
	await page.check('#theme [value=dark]', { force: true });
	await page.emulateMedia({ media: 'print' });
	for (const gone of ['.top', '.bottom', '.report-tools'])
		assert.equal(await page.isVisible(gone), false, gone);
	const colours = await page.evaluate(() => {
		const style = (e) => getComputedStyle(document.querySelector(e));
		return [style('body').color, style('body').backgroundColor, style('.report').backgroundColor, style('.case p').color];
	});
	assert.deepEqual(colours, ['rgb(0, 0, 0)', 'rgb(255, 255, 255)', 'rgb(255, 255, 255)', 'rgb(51, 51, 51)']);
	await page.emulateMedia({ media: null });
	await page.evaluate(() => (globalThis.print = () => (globalThis.printed = true)));
	await page.click('#print');
	assert.ok(await page.evaluate(() => globalThis.printed));
});

pageTest('a hostile name of 7 kB is text on every page', { path: '/scans?q=gnpyyy' }, async (page) => {
	assert.equal(await page.locator('main img').count(), 0);
	assert.ok((await row(page, evil.scan_id).locator('.file').innerText()).includes('<img src=x'));
	await everywhere(page, 'history-hostile');
	for (const path of [`/scans/${evil.scan_id}/report`, `/scans/compare?a=${one.scan_id}&b=${evil.scan_id}`]) {
		await page.goto(base + path);
		await ready(page);
		assert.equal(await page.locator('main img').count(), 0, path);
		await everywhere(page, path.includes('report') ? 'report-hostile' : 'compare-hostile');
	}
});
