/* overview: the first page, in a real browser against a real server. See page.mjs. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { arrived, attacks, base, everywhere, json, launch, openPage, pageTests, reach, ready, scanned, text } from './page.mjs';

const EVIL = `<img src=x onerror="globalThis.violations.push(1)">\u202egnp${'y'.repeat(7000)}`;
let browser;
let scan;
const pageTest = pageTests(() => browser);

before(async () => {
	browser = await launch();
	const { page, close } = await openPage(browser);
	scan = await scanned(page, attacks);
	await close();
});
after(() => browser?.close());

/* All scans away, so that the server is as new; a function that brings them back. */
async function emptied(page) {
	const ids = [];
	for (;;) {
		const { items } = await json(page, '/api/v1/scans?limit=200');
		if (items.length === 0)
			break;
		for (const { id } of items) {
			const status = await page.evaluate((n) => fetch(`/api/v1/scans/${n}`, { method: 'DELETE' }).then((r) => r.status), id);
			assert.equal(status, 204);
			ids.push(id);
		}
	}
	return () => page.evaluate((all) => Promise.all(all.map((n) => fetch(`/api/v1/scans/${n}/restore`, { method: 'POST' }))), ids);
}

pageTest('one glance says how many incidents are open, which is the worst, and where to go', {}, async (page) => {
	const overview = await json(page, '/api/v1/overview');
	assert.ok(overview.incidents.open > 0);
	const { worst } = overview.incidents;
	const headline = await text(page, 'h1');
	assert.ok(headline.startsWith(`${overview.incidents.open} open incident`), headline);
	assert.ok(headline.includes(worst.title), headline);
	assert.equal(await page.getAttribute('h1 a', 'href'), `/scans/${worst.scan_id}/incidents/${worst.id}`);
	for (const [name, n] of Object.entries(overview.incidents.by_severity))
		assert.equal(await text(page, `.severities [href$="severity=${name}"] b`), String(n));
	assert.equal(await page.locator('.newest > li').count(), overview.incidents.newest.length);
	assert.equal(await page.locator('.riskiest > li').count(), overview.devices.top.length);
	assert.ok(overview.devices.top.length > 0);
	const all = await page.locator('.risks b').allInnerTexts();
	assert.deepEqual(all.map(Number), Object.values(overview.devices.by_risk));
	assert.equal(await page.locator('.newest-scans li').count(), overview.scans.last.length);
	assert.equal(await page.locator('.bars.flows rect').count(), overview.activity.buckets.length);
	assert.equal(await page.locator('script[src*=chart]').count(), 0, 'no chart library is loaded');
	assert.ok((await page.evaluate(() => globalThis.shift)) < 0.02);
	await page.locator('.activity summary').click();
	assert.equal(await page.locator('.activity tbody tr').count(), overview.activity.buckets.length);
	await everywhere(page, 'overview');
});

pageTest('the number of a severity leads to its incidents', {}, async (page) => {
	const { incidents } = await json(page, '/api/v1/overview');
	const [name] = Object.entries(incidents.by_severity).find(([, n]) => n > 0);
	await page.click(`.severities [href$="severity=${name}"]`);
	await page.waitForURL(/\/incidents\?mark=open/);
	await ready(page);
	assert.equal(await page.inputValue('[name=severity]'), name);
	assert.equal(await page.inputValue('[name=mark]'), 'open');
});

pageTest('links of old mails lead to the page of their scan', { path: '/#none' }, async (page) => {
	await page.goto(`${base}/#scan-${scan.scan_id}`);
	assert.equal(await arrived(page), scan.scan_id);
});

pageTest('a new server says what to do first, and has a sample to try', {}, async (page) => {
	const back = await emptied(page);
	try {
		await page.goto(`${base}/`);
		await ready(page);
		assert.match(await text(page, 'h1'), /Nothing was scanned yet/);
		assert.match(await text(page, 'pre'), /orig_pkts/);
		await everywhere(page, 'welcome');
		await reach(page, '#sample button');
		await page.keyboard.press('Enter');
		const id = await arrived(page);
		const sample = await json(page, `/scan/${id}`);
		assert.equal(sample.state, 'done');
		assert.ok(sample.incidents.length > 0);
	} finally {
		await back();
	}
});

pageTest('a hostile name is text', {}, async (page) => {
	const evil = await scanned(page, { name: EVIL, text: attacks.text });
	await page.goto(`${base}/`);
	await ready(page);
	assert.equal(await page.locator('main img').count(), 0);
	assert.ok((await page.locator(`.newest-scans [href="/scans/${evil.scan_id}"]`).innerText()).includes('<img src=x'));
	await everywhere(page, 'overview-hostile');
});
