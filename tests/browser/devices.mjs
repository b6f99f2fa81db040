/* devices: the pages of devices, incidents and anomalies, in a real browser against a real server. See page.mjs. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { attacks, base, everywhere, json, launch, openPage, pageTests, reach, ready, scanned, text } from './page.mjs';

/* All that the server keeps of a name: markup, letters from right to left, no place to break. */
const HOSTILE = `<script>globalThis.violations.push(1)</script>\u05d0\u05d1\u05d2\u200f"'&amp;${'y'.repeat(180)}`;
const ENDLESS = `<img src=x onerror="globalThis.violations.push(1)">\u202egnp${'y'.repeat(10000)}`;
let browser;
let scan; /* of the capture with attacks */
const pageTest = pageTests(() => browser);

before(async () => {
	browser = await launch();
	const { page, close } = await openPage(browser, { path: '/devices' });
	scan = await scanned(page, attacks);
	assert.ok(scan.incidents.length > 1);
	await close();
});
after(() => browser?.close());

async function go(page, path) {
	await page.goto(base + path);
	await ready(page);
	return page;
}

async function set(page, path, members) {
	const status = await page.evaluate(
		async ([p, m]) => (await fetch(p, { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(m) })).status,
		[path, members],
	);
	assert.equal(status, 200);
}

const riskiest = async (page) => (await json(page, '/api/v1/devices?sort=-risk&limit=1')).items[0];
const saved = (page) => page.waitForFunction(() => document.querySelector('.marking .outcome').textContent === 'Saved.');

pageTest('devices are sorted by risk, found by a part of their address, and sorted otherwise by a click', { path: '/devices' }, async (page) => {
	const listed = (await json(page, '/api/v1/devices?limit=50')).items;
	const words = await page.locator('.device-table tbody .risk-word').allInnerTexts();
	assert.deepEqual(words.map((w) => w.toLowerCase()), listed.map((d) => d.risk_level));
	assert.equal(await page.locator('th[aria-sort="descending"]').innerText(), 'Risk ↓');
	await page.click('.device-table thead a:text("Flows")');
	await ready(page);
	const flows = (await page.locator('.device-table tbody .flows').allInnerTexts()).map((n) => Number(n.replaceAll(',', '')));
	assert.deepEqual(flows, flows.toSorted((a, b) => b - a));
	await page.fill('#q', listed[0].ip);
	await page.press('#q', 'Enter');
	await page.waitForURL(/q=/);
	assert.match(page.url(), /sort=-flows/);
	assert.ok((await page.locator('.device-table tbody tr').count()) >= 1);
	await page.fill('#q', 'nothing of that name');
	await page.press('#q', 'Enter');
	await page.waitForURL(/nothing/);
	assert.match(await text(page, '.empty'), /^No device here/);
	await go(page, '/devices');
	await everywhere(page, 'devices');
});

pageTest('a device is renamed and noted, and shows it at once', { path: '/devices' }, async (page) => {
	const device = await riskiest(page);
	await go(page, `/devices/${device.id}`);
	await page.fill('#name', 'Lamp in the kitchen');
	await page.fill('#note', 'bought in May\nby me');
	await page.click('.marking button');
	await saved(page);
	assert.equal(await text(page, '#device-title'), 'Lamp in the kitchen');
	await go(page, `/devices/${device.id}`);
	assert.equal(await page.inputValue('#note'), 'bought in May\nby me');
	assert.ok((await text(page, '#baseline-title')).startsWith('What is usual'));
	assert.equal(await page.locator('.incident-row').count(), (await json(page, `/api/v1/devices/${device.id}`)).incidents.length);
	await everywhere(page, 'device');
	await page.click('.marking button');
	assert.equal(await text(page, '.marking .outcome'), 'Nothing to save.');
	await page.fill('#name', '');
	await page.click('.marking button');
	await saved(page);
	assert.equal((await json(page, `/api/v1/devices/${device.id}`)).name, null);
});

pageTest('what cannot be saved is told in words, and nothing is lost', { path: '/devices', expected: ['/api/v1/devices/'] }, async (page) => {
	const device = await riskiest(page);
	await go(page, `/devices/${device.id}`);
	await page.$eval('#name', (e) => e.removeAttribute('maxlength'));
	await page.fill('#name', 'x'.repeat(300));
	await page.click('.marking button');
	await page.waitForFunction(() => document.querySelector('.marking .outcome').textContent.startsWith('Not saved: '));
	assert.match(await text(page, '.marking .outcome'), /"name" has 300 characters/);
	assert.equal((await page.inputValue('#name')).length, 300);
});

pageTest('an incident tells who, what, how unusual and what to do, and leads on', { path: '/devices' }, async (page) => {
	const [worst] = scan.incidents;
	await go(page, `/scans/${scan.id}/incidents/${worst.id}`);
	const words = await text(page, 'main');
	for (const part of [worst.title, worst.sentence.slice(1), worst.meaning, worst.advice, worst.technique, worst.device.ip, 'one in'])
		assert.ok(words.includes(part), part);
	assert.equal(await page.locator('.evidence-rows tbody tr').count(), worst.evidence.length);
	const device = page.locator('.facts a[href^="/devices/"]').first();
	assert.match(await device.getAttribute('href'), /^\/devices\/\d+$/);
	assert.equal(await page.locator('.flow-rows [aria-current]').count(), 1);
	assert.ok((await page.locator('.anomaly-rows tbody tr').count()) > 0);
	await everywhere(page, 'incident');
	await page.click('a[rel=next]');
	await ready(page);
	assert.equal(new URL(page.url()).pathname, `/scans/${scan.id}/incidents/${scan.incidents[1].id}`);
	await page.click('a[rel=prev]');
	await ready(page);
	assert.equal(new URL(page.url()).pathname, `/scans/${scan.id}/incidents/${worst.id}`);
});

pageTest('an incident is marked as expected with a note, which lists show', { path: '/devices' }, async (page) => {
	const i = scan.incidents.at(-1);
	await go(page, `/scans/${scan.id}/incidents/${i.id}`);
	await page.check('[name=mark][value=expected]', { force: true });
	await page.fill('#note', 'our own <b>backup</b>');
	await page.click('.marking button');
	await saved(page);
	assert.equal(await text(page, '.story .judged'), 'Expected');
	await go(page, `/incidents?mark=expected&scan=${scan.id}`);
	assert.equal(await page.locator('.incident-row').count(), 1);
	assert.equal(await text(page, '.note-text'), 'our own <b>backup</b>');
	await page.selectOption('[name=severity]', i.severity);
	await page.selectOption('[name=mark]', 'any');
	await page.click('.search button');
	await ready(page);
	const same = scan.incidents.filter((x) => x.severity === i.severity).length;
	assert.equal(await page.locator('.incident-row').count(), same);
	await everywhere(page, 'incidents');
	await set(page, `/api/v1/scans/${scan.id}/incidents/${i.id}`, { mark: 'open', note: null });
});

pageTest('an anomaly has its strip of shares and values, with more of it on demand', { path: '/devices' }, async (page) => {
	const [worst] = scan.details;
	const { explanation } = await json(page, `/api/v1/scans/${scan.id}/anomalies/${worst.sequence_id}`);
	await go(page, `/scans/${scan.id}/anomalies/${worst.sequence_id}`);
	assert.equal(await page.locator('.heat tbody tr').count(), explanation.shares[0].length);
	assert.equal(await page.locator('.heat tbody tr').first().locator('td[class^=heat-]').count(), explanation.shares.length);
	const few = await page.locator('.heat tbody tr:visible').count();
	assert.ok(few < explanation.shares[0].length);
	await page.focus('#heat-all');
	await page.keyboard.press('Space');
	assert.equal(await page.locator('.heat tbody tr:visible').count(), explanation.shares[0].length);
	const levels = await page.locator('.heat td[class^=heat-]').evaluateAll((cells) => cells.map((c) => Number(c.className.slice(5))));
	const most = Math.max(...explanation.shares.flat());
	assert.equal(Math.max(...levels), most > 0 ? 9 : 0);
	await everywhere(page, 'anomaly');
	await page.check('[name=mark][value=confirmed]', { force: true });
	await page.click('.marking button');
	await saved(page);
	assert.equal((await json(page, `/api/v1/scans/${scan.id}/anomalies/${worst.sequence_id}`)).mark, 'confirmed');
	await set(page, `/api/v1/scans/${scan.id}/anomalies/${worst.sequence_id}`, { mark: 'open' });
});

pageTest('a hostile name is text everywhere, in every size and colour', { path: '/devices' }, async (page) => {
	const { device } = (await json(page, `/api/v1/scans/${scan.id}/incidents?limit=1`)).items[0];
	const incident = (await json(page, `/api/v1/scans/${scan.id}/incidents?limit=1`)).items[0].id;
	await set(page, `/api/v1/devices/${device.id}`, { name: HOSTILE, note: HOSTILE.repeat(3) });
	for (const [name, path] of Object.entries({
		devices: `/devices?q=${encodeURIComponent('<script>')}`,
		device: `/devices/${device.id}`,
		incident: `/scans/${scan.id}/incidents/${incident}`,
		incidents: `/incidents?device=${device.id}`,
	})) {
		await go(page, path);
		assert.equal(await page.locator('main script, main img').count(), 0);
		assert.ok((await page.locator('main bdi').allInnerTexts()).some((t) => t.includes('<script>')), path);
		await everywhere(page, `hostile-${name}`);
	}
	/* What no form lets in: as if the database had it. */
	await page.route('**/devices/*', async (route) => {
		const answer = await route.fetch();
		const evil = ENDLESS.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
		await route.fulfill({ response: answer, body: (await answer.text()).replace(/(<bdi[^>]*>)[^<]*/g, (_, tag) => tag + evil) });
	});
	await go(page, `/devices/${device.id}`);
	await everywhere(page, 'hostile-endless');
	await page.unroute('**/devices/*');
	await set(page, `/api/v1/devices/${device.id}`, { name: null, note: null });
});

pageTest('an incident on paper is no wider than the paper', { path: '/devices' }, async (page) => {
	await page.setViewportSize({ width: 718, height: 1000 }); /* A4 between its margins */
	await page.emulateMedia({ media: 'print' });
	for (const { id } of (await json(page, `/api/v1/scans/${scan.id}/incidents?limit=3`)).items) {
		await go(page, `/scans/${scan.id}/incidents/${id}`);
		assert.ok((await page.locator('.flow-rows tr').count()) > 1);
		assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 718);
	}
});

pageTest('a link is copied where the browser may, and shown where it may not', { path: '/devices', permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
	const path = `/scans/${scan.id}/incidents/${scan.incidents[0].id}`;
	await go(page, path);
	await page.click('[data-copy]');
	await page.waitForFunction(() => document.querySelector('#copied').textContent === 'Copied.');
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()), base + path);
	await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
	await page.click('[data-copy]');
	assert.equal(await page.inputValue('#copied input'), base + path);
});

pageTest('all of it is reached with the keyboard', { path: '/devices' }, async (page) => {
	for (const selector of ['#q', '.device-table thead a', '.device-table tbody a'])
		await reach(page, selector);
	await go(page, `/scans/${scan.id}/anomalies/${scan.details[0].sequence_id}`);
	for (const selector of ['[data-copy]', '[name=mark]', '#note', '#heat-all', '.heat-scroll'])
		await reach(page, selector);
});

pageTest('without scripts the pages are whole, and say what they cannot', { path: '/devices' }, async (page) => {
	const context = await browser.newContext({ javaScriptEnabled: false });
	const plain = await context.newPage();
	await plain.goto(`${base}/scans/${scan.id}/incidents/${scan.incidents[0].id}`);
	assert.ok((await plain.locator('.happened').innerText()).length > 10);
	assert.equal(await plain.locator('.marking button').isDisabled(), true);
	assert.match(await plain.locator('.marking noscript').innerText(), /Saving takes scripts/);
	assert.equal(await plain.locator('[data-copy]').isVisible(), false);
	await context.close();
	assert.ok(page);
});

pageTest('a device that is not there is told', { path: '/devices/999999', expected: ['/devices/'] }, async (page) => {
	assert.equal(await text(page, '#error-title'), 'Not Found');
});
