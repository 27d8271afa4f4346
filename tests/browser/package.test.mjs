// Packages, good and spoilt: both verifiers say the same of the package, of each record and each track.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { classOf, comparable, flipOctets, judgeHere, judgeThere } from './both.mjs';
import { Package } from './spoil.mjs';

const vectors = join(process.env.PERDURA_SOURCE, 'tests/vectors');
const good = readFileSync(join(vectors, 'package/passed_two_records.zip'));
const trust = [join(vectors, 'package/passed_two_records.pem')];
const at = '2027-01-16T00:00:00Z';
const folder = mkdtempSync(join(tmpdir(), 'perdura-browser-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;

async function sameOfBoth(zip, more = {}) {
  const path = join(folder, `${++made}.zip`);
  writeFileSync(path, zip);
  const one = { files: [path], trust, at, ...more };
  const here = judgeHere(one);
  const there = await judgeThere(one);
  assert.deepEqual(comparable(here), comparable(there));
  return here;
}

const spoilt = (change) => {
  const pack = new Package(good);
  change(pack);
  return pack;
};
const first = /^data\/records\/b[^/]*\//;
const statement = /statement\.json$/;
// A key of the same name, as a note's verifier is given it.
function keyLike(vkey) {
  const name = vkey.split('+')[0];
  const typed = Buffer.concat([Buffer.of(1), Buffer.from('58'.repeat(31) + '66', 'hex').reverse()]);
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8);
  return `${name}+${id}+${typed.toString('base64')}`;
}
const logKey = JSON.parse(new Package(good).text(/^data\/package\.json$/)).logKey;
const otherKey = keyLike(logKey);

test('a good package, as it should be, and under other conditions', async () => {
  assert.equal(classOf(await sameOfBoth(good)), 'PASSED');
  assert.equal(classOf(await sameOfBoth(good, { logKey })), 'PASSED');
  assert.equal(classOf(await sameOfBoth(good, { trust: [] })), 'INDETERMINATE');
  assert.equal(classOf(await sameOfBoth(good, { at: '2097-01-01' })), 'INDETERMINATE');
  assert.equal(classOf(await sameOfBoth(good, { at: '2027-01-01' })), 'INDETERMINATE');
  assert.equal(classOf(await sameOfBoth(good, { revocation: 'if-present' })), 'PASSED');
  const other = [join(vectors, 'other_makers/ca.pem')];
  assert.equal(classOf(await sameOfBoth(good, { trust: other })), 'INDETERMINATE');
  assert.equal(classOf(await sameOfBoth(good, { logKey: otherKey })), 'FAILED');
  assert.equal(classOf(await sameOfBoth(good, { logKey: 'no key' })), 'unread');
});

// [name, what is done, expected]. Each is judged twice: with the manifests as they were, and with
// manifests made anew.
const spoils = [
  ['a document altered', (p) => p.flip(/documents\/001/, 0), 'FAILED'],
  ['a document emptied', (p) => p.set(/documents\/001/, ''), 'FAILED'],
  ['a document taken away', (p) => p.remove(/documents\/002/), 'FAILED'],
  ['a document added', (p) => p.set(`${p.first(/documents\/001/)}.txt`, 'x'), 'FAILED'],
  ['two documents exchanged', (p) => p.swap(/documents\/001/, /documents\/002/), 'FAILED'],
  ['a statement altered', (p) => p.edit(statement, (s) => s.replace('"sensitivity":3', '"sensitivity":2')), null],
  ['a statement with white space', (p) => p.edit(statement, (s) => `${s}\n`), 'FAILED'],
  ['a statement of another version', (p) => p.edit(statement, (s) => s.replace('statement/1', 'statement/2')), 'FAILED'],
  ['a statement with __proto__', (p) => p.edit(statement, (s) => s.replace('{', '{"__proto__":{},')), 'FAILED'],
  ['a statement nested deeply', (p) => p.set(statement, '['.repeat(100000)), 'FAILED'],
  ['a statement that is no UTF-8', (p) => p.set(statement, Uint8Array.of(0x7b, 0xff, 0x7d)), 'FAILED'],
  ['a statement taken away', (p) => p.remove(statement), 'FAILED'],
  ['two statements exchanged', (p) => p.set(p.names(statement)[0], p.files.get(p.names(statement)[1])), 'FAILED'],
  ['evidence altered', (p) => p.flip(/records.*\.ers$/, 100), 'FAILED'],
  ['evidence of another record', (p) => p.set(p.names(/records.*\.ers$/)[0], p.files.get(p.names(/records.*\.ers$/)[1])), 'FAILED'],
  ['evidence taken away', (p) => p.remove(/records.*\.ers$/), 'INDETERMINATE'],
  ['evidence cut short', (p) => p.set(/records.*\.ers$/, p.octets(/records.*\.ers$/).slice(0, -1)), 'FAILED'],
  ['evidence that is none', (p) => p.set(/records.*\.ers$/, 'no evidence'), 'FAILED'],
  ['evidence of another version', (p) => p.set(/records.*\.ers$/, p.octets(/records.*\.ers$/).map((o, i) => (i === 6 ? 2 : o))), 'INDETERMINATE'],
  ['a second track that can be judged less', (p) => p.set(p.first(/records.*\.ers$/).replace('local', 'other'), p.octets(/records.*\.ers$/)), 'PASSED'],
  ['a receipt altered', (p) => p.edit(/receipt\.json$/, (s) => s.replace('"index":0', '"index":1')), null],
  ['a receipt whose salt is another', (p) => p.edit(/receipt\.json$/, (s) => s.replace(/"salt":"(.)/, (_, c) => `"salt":"${c === 'A' ? 'B' : 'A'}`)), 'FAILED'],
  ['a receipt of another record', (p) => p.set(p.names(/receipt\.json$/)[0], p.files.get(p.names(/receipt\.json$/)[1])), 'FAILED'],
  ['a receipt of another version', (p) => p.edit(/receipt\.json$/, (s) => s.replace('receipt/1', 'receipt/2')), 'FAILED'],
  ['a receipt taken away', (p) => p.remove(/receipt\.json$/), 'INDETERMINATE'],
  ['a receipt that is no deposit', (p) => p.edit(/receipt\.json$/, (s) => s.replace('deposit', 'destroy')), 'FAILED'],
  ['a proof taken away', (p) => p.remove(/tlog-proof$/), 'INDETERMINATE'],
  ['a proof of another record', (p) => p.set(p.names(/tlog-proof$/)[0], p.files.get(p.names(/tlog-proof$/)[1])), 'FAILED'],
  ['a proof that names no batch', (p) => p.edit(/tlog-proof$/, (s) => s.replace(/^extra .*\n/m, '')), 'INDETERMINATE'],
  ['a proof that names another batch', (p) => p.edit(/tlog-proof$/, (s) => s.replace(/^extra .*$/m, 'extra Mg==')), 'INDETERMINATE'],
  ['a proof of another version', (p) => p.edit(/tlog-proof$/, (s) => s.replace('@v1', '@v2')), 'FAILED'],
  ['a proof at another index', (p) => p.edit(/tlog-proof$/, (s) => s.replace(/^index \d+$/m, 'index 7')), 'FAILED'],
  ['a proof at a great index', (p) => p.edit(/tlog-proof$/, (s) => s.replace(/^index \d+$/m, 'index 18446744073709551616')), 'FAILED'],
  ['a checkpoint whose signature is spoilt', (p) => p.edit(/batch-1\/checkpoint$/, (s) => s.replace(/.{4}\n$/, 'AAAA\n')), 'FAILED'],
  ['a checkpoint with an extension', (p) => p.edit(/batch-1\/checkpoint$/, (s) => s.replace('\n\n', '\nx\n\n')), 'FAILED'],
  ['a checkpoint taken away', (p) => p.remove(/batch-1\/checkpoint$/), 'FAILED'],
  ['the newest checkpoint taken away', (p) => p.remove(/^data\/journal\/checkpoint$/), 'INDETERMINATE'],
  ['the newest checkpoint spoilt', (p) => p.edit(/^data\/journal\/checkpoint$/, (s) => s.replace(/^\d+$/m, '9')), 'FAILED'],
  ['consistency of other sizes', (p) => p.edit(/consistency\.json$/, (s) => s.replace(/"from":\d+/, '"from":1')), null],
  ['consistency taken away', (p) => p.remove(/consistency\.json$/), 'INDETERMINATE'],
  ['consistency with another member', (p) => p.edit(/consistency\.json$/, (s) => s.replace('{', '{"a":1,')), 'FAILED'],
  ['evidence of the journal taken away', (p) => p.remove(/batch-1\/local\.ers$/), 'INDETERMINATE'],
  ['evidence of the journal spoilt', (p) => p.flip(/batch-1\/local\.ers$/, -5), 'FAILED'],
  ['a batch of another number', (p) => { for (const n of p.names(/batch-1\//)) { p.set(n.replace('batch-1', 'batch-01'), p.files.get(n)); } p.remove(/batch-1\//); }, 'FAILED'],
  ['package.json of another version', (p) => p.edit(/package\.json$/, (s) => s.replace('package/1', 'package/2')), 'INDETERMINATE'],
  ['package.json that counts wrong', (p) => p.edit(/package\.json$/, (s) => s.replace('"records":2', '"records":3')), 'FAILED'],
  ['package.json with another key', (p) => p.edit(/package\.json$/, (s) => s.replace(/"logKey":"[^"]*"/, `"logKey":"${otherKey}"`)), 'FAILED'],
  ['package.json taken away', (p) => p.remove(/package\.json$/), 'FAILED'],
  ['a record taken away', (p) => p.remove(first), 'FAILED'],
  ['a file of no meaning added', (p) => p.set('data/other.txt', 'x'), 'PASSED'],
  ['a file beside the payload added', (p) => p.set('verify.html', 'x'), 'PASSED'],
];

for (const [name, change, expected] of spoils) {
  test(name, async () => {
    const here = await sameOfBoth(spoilt((pack) => { change(pack); pack.listed(); }).zip());
    if (expected !== null) assert.equal(classOf(here), expected);
    await sameOfBoth(spoilt(change).zip());
  });
}

const manifests = [
  ['no manifest', (p) => p.remove(/^manifest-/), 'FAILED'],
  ['no tag manifest', (p) => p.remove(/^tagmanifest-/), 'FAILED'],
  ['a manifest that is not sorted', (p) => p.edit(/^manifest-/, (s) => s.split('\n').reverse().filter(Boolean).join('\n')), 'FAILED'],
  ['a manifest that lists a file twice', (p) => p.edit(/^manifest-/, (s) => s + s.split('\n')[0] + '\n'), 'FAILED'],
  ['a manifest that lists nothing', (p) => p.set(/^manifest-/, ''), 'FAILED'],
  ['a manifest in upper case, with CR', (p) => p.edit(/^manifest-/, (s) => s.replace(/^[0-9a-f]{64}/gm, (h) => h.toUpperCase()).replace(/\n/g, '\r\n')), 'FAILED'],
  ['a manifest with a line of garbage', (p) => p.edit(/^manifest-/, (s) => `garbage\n${s}`), 'FAILED'],
  ['a manifest that names what is outside', (p) => p.edit(/^manifest-/, (s) => `${'0'.repeat(64)}  data/../x\n${s}`), 'FAILED'],
  ['a manifest that names a file in another case', (p) => p.edit(/^manifest-/, (s) => s.replace('data/package.json', 'data/Package.json')), 'FAILED'],
  ['another bagit.txt', (p) => p.set('bagit.txt', 'BagIt-Version: 0.97\n'), 'FAILED'],
  ['no bagit.txt', (p) => p.remove(/^bagit/), 'unread'],
  ['another Payload-Oxum', (p) => p.edit(/^bag-info/, (s) => s.replace(/Oxum: \d/, 'Oxum: 9')), 'FAILED'],
  ['a name that leaves the package', (p) => p.set('data/../../x', 'x'), 'unread'],
  ['an absolute name', (p) => p.set('/data/x', 'x'), 'unread'],
  ['a name with a backslash', (p) => p.set('data\\x', 'x'), 'unread'],
  ['a name with a control character', (p) => p.set('data/\u0001', 'x'), 'unread'],
  ['a name with a drive', (p) => p.set('c:data', 'x'), 'unread'],
  ['a name in two cases', (p) => p.set('data/Package.json', 'x'), 'unread'],
  ['a name that is too long', (p) => p.set(`data/${'x'.repeat(1100)}`, 'x'), 'unread'],
  ['a name that is almost too long', (p) => p.set(`data/${'x'.repeat(1000)}`, 'x'), 'FAILED'],
];

for (const [name, change, expected] of manifests) {
  test(name, async () => {
    assert.equal(classOf(await sameOfBoth(spoilt(change).zip())), expected);
  });
}

test('packages that are stored, and not deflated', async () => {
  assert.equal(classOf(await sameOfBoth(new Package(good).zip({ level: 0 }))), 'PASSED');
});

test('zips that are cut short, or have something before or behind', async () => {
  const cases = [good.subarray(0, -1), good.subarray(0, good.length / 2), good.subarray(1),
                 Buffer.concat([Buffer.from('x'), good]), Buffer.concat([good, Buffer.from('x')]),
                 Buffer.from('PK\u0003\u0004'), Buffer.from('PK\u0005\u0006' + '\0'.repeat(18))];
  for (const zip of cases) assert.equal(classOf(await sameOfBoth(zip)), 'unread');
});

test('a package with flipped octets', async () => {
  await flipOctets(good, (octets) => {
    const path = join(folder, 'mutated.zip');
    writeFileSync(path, octets);
    return { files: [path], trust, at };
  });
});
