// verify.html as people use it: opened from the disk in headless Chromium, with the network off.
//   PERDURA_PAGE      verify.html
//   PERDURA_VERIFY    perdura-verify, whose reports are looked at in the browser too
//   PERDURA_CHROMIUM  the browser; left out: /usr/bin/chromium
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { Package } from './spoil.mjs';

const browserPath = process.env.PERDURA_CHROMIUM ?? '/usr/bin/chromium';
const skip = existsSync(browserPath) ? false : 'there is no Chromium';
const vectors = join(process.env.PERDURA_SOURCE, 'tests/vectors');
const good = join(vectors, 'package/passed_two_records.zip');
const anchor = join(vectors, 'package/passed_two_records.pem');
const makers = (name) => join(vectors, 'other_makers', name);

const folder = mkdtempSync(join(tmpdir(), 'perdura-page-'));
let browser;
let page;
let requests;
let complaints;

before(async () => {
  if (skip) return;
  browser = await chromium.launch({ executablePath: browserPath, args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

async function open(locale = 'en-US') {
  const context = await browser.newContext({ offline: true, locale });
  page = await context.newPage();
  requests = [];
  complaints = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(process.env.PERDURA_PAGE).href);
}

async function check(files, trust, at) {
  await page.setInputFiles('#files', files);
  await page.setInputFiles('#trust', trust);
  await page.evaluate((time) => { document.getElementById('at').value = time; }, at);
  await page.click('#check');
  await page.waitForSelector('#report:not([hidden]) .word', { timeout: 30000 });
  return page.textContent('#report .word');
}

// Only the page itself and its worker were loaded, and nothing was refused or went wrong.
function assertQuiet() {
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests.filter((url) => !/^(file|blob):/.test(url)), []);
}

test('a good package', { skip }, async () => {
  await open();
  assert.equal(await check([good], [anchor], '2027-01-16'), 'Unaltered: PASSED');
  assert.equal(await page.locator('article.record.passed').count(), 2);
  assert.match(await page.textContent('#report'), /Unaltered since 2027-01-15T08:10:01Z at the latest/);
  assert.equal(await page.locator('#report .failed, #report div.indeterminate').count(), 0);
  assertQuiet();
});

test('a package that is dropped on the page', { skip }, async () => {
  await open();
  const dropped = await page.evaluateHandle((base64) => {
    const transfer = new DataTransfer();
    const octets = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    transfer.items.add(new File([octets], 'case.zip'));
    return transfer;
  }, readFileSync(good).toString('base64'));
  await page.dispatchEvent('#files-area', 'drop', { dataTransfer: dropped });
  assert.match(await page.textContent('#files-chosen'), /case\.zip/);
  await page.evaluate(() => { document.getElementById('at').value = '2027-01-16'; });
  await page.click('#check');
  await page.waitForSelector('#report:not([hidden]) .word');
  assert.equal(await page.textContent('#report .word'), 'Not shown: INDETERMINATE (NO_TRUST_ANCHOR)');
  assertQuiet();
});

test('a spoilt package, whose name is no HTML', { skip }, async () => {
  const pack = new Package(readFileSync(good));
  pack.flip(/documents\/001/, 0).set('data/<img src=x onerror=alert(1)>.txt', 'x').listed();
  const path = join(folder, '<b>case<b>.zip');
  writeFileSync(path, pack.zip());
  await open();
  assert.equal(await check([path], [anchor], '2027-01-16'), 'Something is wrong: FAILED (HASH_FAILURE)');
  assert.equal(await page.locator('article.record.failed').count(), 1);
  assert.equal(await page.locator('img, b').count(), 0);
  assertQuiet();
});

test('a document and its evidence record, in Japanese', { skip }, async () => {
  await open('ja-JP');
  const files = [makers('passed_both_renewals_of_a_group.ers'), makers('a.txt'), makers('b.txt')];
  assert.equal(await check(files, [makers('ca.pem')], '2041-06-01'), '検証成功: PASSED');
  assert.match(await page.textContent('#report'), /2026-05-01T10:00:01Z/);
  await page.click('#language');
  assert.equal(await page.textContent('#report .word'), 'Unaltered: PASSED');
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  assertQuiet();
});

test('evidence that does not hold', { skip }, async () => {
  await open();
  const files = [makers('failed_renewal_covers_something_else.ers'), makers('a.txt')];
  assert.equal(await check(files, [makers('ca.pem')], '2041-06-01'),
               'Something is wrong: FAILED (LINK_FAILURE)');
  assertQuiet();
});

test('what can not be read', { skip }, async () => {
  await open();
  assert.match(await check([makers('a.txt')], [], ''), /There is no verdict/);
  assert.match(await check([good], [makers('a.txt')], ''), /There is no verdict/);
  assertQuiet();
});

// The report that perdura-verify writes as a page, on the width of a sheet of A4.
for (const [title, verdict, files] of [
  ['a package, and nobody trusted', 2, [good, '--at', '2027-01-16']],
  ['a package', 0, [good, '--at', '2027-01-16', '--trust', anchor]],
  ['a broken link', 1, [makers('failed_renewal_covers_something_else.ers'), makers('a.txt'),
    '--at', '2041-06-01', '--trust', makers('ca.pem')]],
  ['renewals', 0, [makers('passed_both_renewals_of_a_group.ers'), makers('a.txt'), makers('b.txt'),
    '--at', '2041-06-01', '--trust', makers('ca.pem')]],
]) {
  for (const language of ['en', 'ja']) {
    test(`the report fits its sheet: ${title}, ${language}`, { skip }, async () => {
      const html = join(folder, 'report.html');
      const run = spawnSync(process.env.PERDURA_VERIFY, [...files, '--html', html, '--lang', language]);
      assert.equal(run.status, verdict);
      const context = await browser.newContext({ offline: true, viewport: { width: 794, height: 1123 } });
      const report = await context.newPage();
      await report.emulateMedia({ media: 'print' });
      await report.goto(pathToFileURL(html).href);
      const beyond = await report.evaluate(() => [...document.querySelectorAll('body *:not(svg *)')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 ||
                             (element.matches('td, th, p, li') && element.scrollWidth > element.clientWidth + 1))
        .map((element) => element.textContent.slice(0, 60)));
      assert.deepEqual(beyond, []);
      await context.close();
    });
  }
}

test('no page loads anything from elsewhere', { skip }, async () => {
  const html = readFileSync(process.env.PERDURA_PAGE, 'utf8');
  assert.match(html, /default-src 'none'; script-src 'sha256-/);
  assert.doesNotMatch(html, /\b(?:src|href)\s*=\s*["'](?:https?:)?\/\//i);
});
