// The packages that the tests of the archive spoil in every way they know: both verifiers say the same.
//   PERDURA_ARCHIVE_TEST  the program of those tests
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { zipSync } from 'fflate';
import { classOf, comparable, judgeHere, judgeThere } from './both.mjs';

const folder = mkdtempSync(join(tmpdir(), 'perdura-browser-'));
after(() => rmSync(folder, { recursive: true }));
execFileSync(process.env.PERDURA_ARCHIVE_TEST,
             ['--gtest_filter=PackageAttack.*:Package.*:Hostile*:*HostileName*'],
             { env: { ...process.env, PERDURA_KEEP_PACKAGES: folder }, maxBuffer: 1 << 28 });

// What was kept as a folder, as a zip.
function zipOf(path) {
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  writeFileSync(`${path}.zip`, zipSync(Object.fromEntries(
    files.map((file) => [relative(path, file), readFileSync(file)])), { level: 1 }));
}
const kept = readdirSync(folder).filter((name) => name.endsWith('.pem'))
  .map((name) => join(folder, name.slice(0, -4)));
for (const path of kept) if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) zipOf(path);

const byTest = new Map();
for (const path of kept) {
  const name = relative(folder, path).replace(/\.\d+$/, '');
  byTest.set(name, [...(byTest.get(name) ?? []), path]);
}
const verdicts = new Set();
for (const [name, paths] of byTest) {
  test(name, async () => {
    for (const path of paths) {
      for (const trust of [[`${path}.pem`], []]) {
        const one = { files: [`${path}.zip`], trust, at: '2027-01-16T00:00:00Z' };
        const here = judgeHere(one);
        assert.deepEqual(comparable(here), comparable(await judgeThere(one)), path);
        verdicts.add(classOf(here));
      }
    }
  });
}

test('the attacks were there', () => {
  assert.ok(byTest.size > 60, `${byTest.size} tests`);
  assert.deepEqual([...verdicts].sort(), ['FAILED', 'INDETERMINATE', 'PASSED', 'unread']);
});
