// Archives that lived for decades (perdura rehearse): with renewals of each kind, to SHA-512 and SHA-3, from digests
// too, on one to three tracks, with authorities that fell. Both verifiers say the same of what they export.
//   PERDURA  the program
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { classOf, comparable, judgeHere, judgeThere } from './both.mjs';
import { Package } from './spoil.mjs';

const folder = mkdtempSync(join(tmpdir(), 'perdura-browser-'));
after(() => rmSync(folder, { recursive: true }));

const lives = {
  'one track, a hash function known to end': [1, ['2031 SHA-256 broken', '2037 SHA-512 broken']],
  'two tracks, a hash function broken overnight': [2, ['2031 SHA-256 broken overnight']],
  'two tracks, signatures broken': [2, ['2033 RSA broken', '2036 ECDSA broken']],
  'three tracks, an authority revoked, another gone': [3,
    ['2030 tsa local compromised', '2033 tsa local2 gone', '2035 SHA-512 broken']],
};

// Every certificate of a CA that an archive's authorities had.
const anchorsOf = (archive) => readdirSync(archive, { recursive: true, withFileTypes: true })
  .filter(({ name }) => /^ca(-\d+)?\.pem$/.test(name))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

async function sameOfBoth(one) {
  const here = judgeHere(one);
  assert.deepEqual(comparable(here), comparable(await judgeThere(one)), JSON.stringify(one));
  return here;
}

let number = 0;
for (const [title, [tracks, events]] of Object.entries(lives)) {
  const kept = join(folder, `${++number}`);
  test(title, async () => {
    const args = ['rehearse', '--years', '14', '--records', '12', '--every', '6', '--tracks', `${tracks}`,
                  '--keep', kept, '--quiet', '--json', ...events.flatMap((event) => ['--event', event])];
    execFileSync(process.env.PERDURA, args, { maxBuffer: 1 << 26 });
    for (const life of ['renewed', 'not-renewed']) {
      const archive = join(kept, life);
      const trust = anchorsOf(archive);
      const files = [join(archive, 'all-records.zip')];
      const verdicts = [];
      for (const more of [{}, { at: '2036-01-01' }, { at: '2050-01-01' }, { revocation: 'if-present' },
                          { trust: trust.slice(0, 1) }, { trust: [] }]) {
        verdicts.push(classOf(await sameOfBoth({ files, trust, at: '2040-01-02', ...more })));
      }
      if (life === 'renewed') assert.equal(verdicts[0], 'PASSED');
      else assert.notEqual(verdicts[0], 'PASSED');
    }
  });

  test(`${title}: spoilt in each of its parts`, async () => {
    const archive = join(kept, 'renewed');
    const trust = anchorsOf(archive);
    const good = readFileSync(join(archive, 'all-records.zip'));
    const names = new Package(good).names(/^data\/.*\.ers$/).filter((_, i) => i % 5 === 0);
    for (const [i, name] of names.entries()) {
      const pack = new Package(good);
      // An octet in one part of the evidence after the other.
      const octets = Uint8Array.from(pack.files.get(name));
      octets[Math.floor(((i + 0.5) / names.length) * octets.length)] ^= 1 << (i % 8);
      pack.set(name, octets).listed();
      const path = join(folder, 'spoilt.zip');
      writeFileSync(path, pack.zip({ level: 1 }));
      const one = { files: [path], trust, at: '2040-01-02' };
      // libcrypto reads some certificates that are not DER: then why it is not PASSED may differ.
      assert.equal(classOf(judgeHere(one)) === 'PASSED', classOf(await judgeThere(one)) === 'PASSED', name);
    }
  });
}
