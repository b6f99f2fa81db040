/* page: a browser, and pages in it that must be clean: no error on the console, no request elsewhere, no violated policy. */
import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

export const base = process.env.BASE_URL.replace(/\/$/, '');
export const capture = { path: process.env.CSV, name: basename(process.env.CSV), text: readFileSync(process.env.CSV, 'utf8') };

export const attacks = { path: process.env.ATTACKS, name: basename(process.env.ATTACKS), text: readFileSync(process.env.ATTACKS, 'utf8') };

export function launch() {
	const asRoot = process.getuid() === 0;
	return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: asRoot ? ['--no-sandbox'] : [] });
}

/*
 * A page in a context of its own. `expected` are the addresses that may answer with an error. close() fails on everything that was
 * not clean.
 */
export async function openPage(browser, { path = '/', expected = [], ...options } = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light', locale: 'en-GB', ...options });
	const page = await context.newPage();
	const unclean = [];
	const allowed = ['/api/v1/uploads/', ...expected]; /* an upload is not known until its scan began */

	await page.addInitScript(() => {
		globalThis.violations = [];
		document.addEventListener('securitypolicyviolation', (e) => globalThis.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
		globalThis.shift = 0;
		new PerformanceObserver((list) => {
			for (const e of list.getEntries())
				globalThis.shift += e.hadRecentInput ? 0 : e.value;
		}).observe({ type: 'layout-shift', buffered: true });
	});
	page.on('pageerror', (e) => unclean.push(`script: ${e.message}`));
	page.on('console', (m) => {
		if (['error', 'warning'].includes(m.type()) && !m.text().startsWith('Failed to load resource'))
			unclean.push(`console: ${m.text()}`);
	});
	page.on('request', (r) => {
		if (!r.url().startsWith(`${base}/`) && !r.url().startsWith('data:') && !r.url().startsWith('blob:'))
			unclean.push(`request elsewhere: ${r.url()}`);
	});
	page.on('response', (r) => {
		if (r.status() >= 400 && !allowed.some((a) => new URL(r.url()).pathname.startsWith(a)))
			unclean.push(`${r.status()} ${r.url()}`);
	});
	await page.goto(base + path);
	await ready(page);
	return {
		page,
		async close() {
			unclean.push(...(await page.evaluate(() => globalThis.violations)));
			await context.close();
			assert.deepEqual(unclean, []);
		},
	};
}

export function ready(page) {
	return page.waitForFunction(() => document.documentElement.dataset.ready === 'true');
}

/* Let go of files over the page, as a mouse does: [name, text or bytes]. */
export async function dropAll(page, files, target = '#drop') {
	const data = await page.evaluateHandle(
		(list) => {
			const d = new DataTransfer();
			for (const [name, base64] of list)
				d.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type: 'text/csv' }));
			return d;
		},
		files.map(([name, content]) => [name, Buffer.from(content).toString('base64')]),
	);
	for (const type of ['dragenter', 'dragover', 'drop'])
		await page.dispatchEvent(target, type, { dataTransfer: data });
}

export function drop(page, name, text, target) {
	return dropAll(page, [[name, text]], target);
}

/* Wait until a scan, or what went wrong, is shown. */
export function shown(page) {
	return page.waitForFunction(
		() =>
			document.querySelector('#scan:not([hidden]):not(.loading) #verdict-text')?.textContent.trim() &&
			document.querySelector('#work').hidden,
	);
}

export const text = (page, selector) => page.locator(selector).first().innerText();
export const json = (page, path) => page.evaluate((p) => fetch(p).then((r) => r.json()), path);

/*
 * The server's answer to an upload is held back once it is there. Returns a function that waits for it and lets it 'continue' or 'fail',
 * as when the connection breaks.
 */
export async function holdAnswer(page) {
	const devtools = await page.context().newCDPSession(page);
	const held = new Promise((resolve) => devtools.once('Fetch.requestPaused', resolve));
	await devtools.send('Fetch.enable', { patterns: [{ urlPattern: '*/upload\\?*', requestStage: 'Response' }] });
	return async (what) => {
		const { requestId } = await held;
		if (what === 'fail')
			await devtools.send('Fetch.failRequest', { requestId, errorReason: 'Failed' });
		else
			await devtools.send('Fetch.continueRequest', { requestId });
	};
}

/* Pixels of the chart that are not empty. */
export function inked(page) {
	return page.evaluate(() => {
		const canvas = document.querySelector('#plot');
		const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
		return data.filter((v, i) => i % 4 === 3 && v > 0).length;
	});
}

export async function screenshot(page, name) {
	await page.evaluate(() => scrollTo(0, 0));
	await page.screenshot({ path: join(process.env.OUT, `${name}.png`), fullPage: true });
}
