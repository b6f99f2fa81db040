/* axe: every page of pages.mjs in both themes, on a phone and on a desk, has nothing that axe-core finds wrong. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { base, pages } from './pages.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/* AXE_SHORT: each theme at one width, as `make test` has the time for. */
const looks = process.env.AXE_SHORT ? [['light', 1440], ['dark', 360]] : [['light', 360], ['light', 1440], ['dark', 360], ['dark', 1440]];
let browser;

before(async () => {
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
});
after(() => browser?.close());

/* "color-contrast: .badge (#777 on #888)": what, where and why, for a person. */
function words(violation) {
	const where = violation.nodes.slice(0, 5).map((n) => `    ${n.target.join(' ')}: ${n.failureSummary.split('\n').slice(1).join(' ').trim()}`);
	return `${violation.id} (${violation.nodes.length}x): ${violation.help}\n${where.join('\n')}`;
}

async function look({ path, status = 200 }, theme, width) {
	const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, reducedMotion: 'reduce', locale: 'en-GB' });
	try {
		const page = await context.newPage();
		const answer = await page.goto(base + path);
		assert.equal(answer.status(), status, `${path} answers ${answer.status()}`);
		await page.waitForFunction(() => document.documentElement.dataset.ready === 'true');
		await page.waitForLoadState('networkidle');
		/* By the debugger, which the policy of the page does not bind. */
		await page.evaluate(axe);
		const found = await page.evaluate(() => globalThis.axe.run(document));
		assert.ok(found.passes.length > 10, 'axe-core looked at something');
		return found.violations;
	} finally {
		await context.close();
	}
}

for (const page of pages)
	for (const [theme, width] of looks)
		test(`${page.name} (${page.path}), ${theme}, ${width} px wide, has no violation`, async () => {
			const violations = await look(page, theme, width);
			assert.equal(violations.length, 0, `\n${violations.map(words).join('\n')}`);
		});

test('a page that has a violation is found out', async () => {
	const context = await browser.newContext();
	const page = await context.newPage();
	await page.setContent('<html lang="en"><head><title>t</title></head><body><main><h1>x</h1><img src="data:,"><p style="color:#999;background:#aaa">grey</p></main></body></html>');
	await page.evaluate(axe);
	const found = await page.evaluate(() => globalThis.axe.run(document));
	assert.deepEqual(found.violations.map((v) => v.id).filter((id) => ['image-alt', 'color-contrast'].includes(id)).sort(), ['color-contrast', 'image-alt']);
	await context.close();
});
