// Octets in a zip that are about no file of it, and other things that only other programs would see: both
// verifiers say the same, and neither says PASSED, but where nothing is carried.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { classOf, comparable, judgeHere, judgeThere } from './both.mjs';

const vectors = join(process.env.PERDURA_SOURCE, 'tests/vectors/package');
const good = readFileSync(join(vectors, 'passed_two_records.zip'));
const trust = [join(vectors, 'passed_two_records.pem')];
const folder = mkdtempSync(join(tmpdir(), 'perdura-browser-'));
after(() => rmSync(folder, { recursive: true }));

// The entries of a zip without a comment, by where they are.
function entriesOf(zip) {
  const end = zip.length - 22;
  const directory = zip.readUInt32LE(end + 16);
  const entries = [];
  for (let at = directory; at < end;) {
    const local = zip.readUInt32LE(at + 42);
    const [name, extra] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const octets = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    entries.push({ at, local, octets, name, method: zip.readUInt16LE(at + 10),
                   end: octets + zip.readUInt32LE(at + 20) });
    at += 46 + name + extra;
  }
  return { end, directory, entries };
}

// The same with `more` put in at a place, and all offsets as they are then.
function inserted(zip, place, more) {
  const { end, directory, entries } = entriesOf(zip);
  const result = Buffer.concat([zip.subarray(0, place), more, zip.subarray(place)]);
  const moved = (at) => (at >= place ? at + more.length : at);
  for (const entry of entries) result.writeUInt32LE(moved(entry.local), moved(entry.at) + 42);
  result.writeUInt32LE(moved(directory), moved(end) + 16);
  const size = place > directory && place <= end ? more.length : 0;
  result.writeUInt32LE(zip.readUInt32LE(end + 12) + size, moved(end) + 12);
  return result;
}
const changed = (zip, change) => {
  const copy = Buffer.from(zip);
  change(copy);
  return copy;
};

const { directory, end, entries } = entriesOf(good);
const [first, second] = entries;
const deflated = entries.find(({ method }) => method === 8);
const hidden = (() => {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt32LE(6, 18);
  header.writeUInt32LE(6, 22);
  header.writeUInt16LE(8, 26);
  return Buffer.concat([header, Buffer.from('evil.txthidden')]);
})();
const extraField = (id, content) => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(content.length, 2);
  return Buffer.concat([head, Buffer.from(content)]);
};
const withLocalExtra = (more) => changed(inserted(good, first.octets, more), (zip) =>
  zip.writeUInt16LE(zip.readUInt16LE(first.local + 28) + more.length, first.local + 28));
const withCentralExtra = (more) => changed(inserted(good, first.at + 46 + first.name, more), (zip) =>
  zip.writeUInt16LE(zip.readUInt16LE(first.at + 30) + more.length, first.at + 30));
const withComment = (text) => changed(Buffer.concat([good, Buffer.from(text)]),
  (zip) => zip.writeUInt16LE(text.length, end + 20));
// The first file as a program writes it that can't go back: sizes behind the octets.
function described(descriptor, before = 0) {
  const result = changed(inserted(good, first.end, descriptor), (zip) => {
    zip.writeUInt16LE(zip.readUInt16LE(first.local + 6) | 8, first.local + 6);
    zip.fill(before, first.local + 14, first.local + 26);
    zip.writeUInt16LE(zip.readUInt16LE(first.at + descriptor.length + 8) | 8,
                      first.at + descriptor.length + 8);
  });
  return result;
}
const sizes = good.subarray(first.at + 16, first.at + 28);
const signature = Buffer.from('PK\x07\x08', 'latin1');
const inDeflated = changed(inserted(good, deflated.end, Buffer.from('x')), (zip) => {
  const size = deflated.end - deflated.octets + 1;
  zip.writeUInt32LE(size, deflated.local + 18);
  zip.writeUInt32LE(size, deflated.at + 1 + 20);
});
const emptyFolder = (octets) => {
  const name = 'folder/';
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt32LE(directory, 42);
  const both = inserted(good, directory, Buffer.concat([local, Buffer.from(name + octets)]));
  const shift = local.length + name.length + octets.length;
  return changed(inserted(both, end + shift, Buffer.concat([central, Buffer.from(name)])), (zip) => {
    const at = zip.length - 22;
    zip.writeUInt32LE(directory + shift, at + 16);
    zip.writeUInt32LE(end - directory + 46 + name.length, at + 12);
    zip.writeUInt16LE(entries.length + 1, at + 8);
    zip.writeUInt16LE(entries.length + 1, at + 10);
  });
};

// [name, the zip, whether it passes]
const cases = [
  ['as it is', good, true],
  ['a file between two files', inserted(good, second.local, hidden), false],
  ['one octet between two files', inserted(good, second.local, Buffer.from('x')), false],
  ['a file before the directory', inserted(good, directory, hidden), false],
  ['a file before the first', inserted(good, 0, hidden), false],
  ['a file before the first, offsets as they were', Buffer.concat([hidden, good]), false],
  ['octets behind the directory', changed(Buffer.concat([good.subarray(0, end), hidden, good.subarray(end)]),
                                          () => {}), false],
  ['octets in the directory, counted', inserted(good, end, hidden), false],
  ['octets behind the end', Buffer.concat([good, hidden]), false],
  ['octets behind deflated ones', inDeflated, false],
  ['sizes behind the octets', described(Buffer.concat([signature, sizes])), true],
  ['sizes behind the octets, unsigned', described(sizes), true],
  ['other sizes behind the octets', described(Buffer.concat([signature, sizes.subarray(0, 11), Buffer.of(1)])), false],
  ['sizes behind the octets, and others before them', described(Buffer.concat([signature, sizes]), 1), false],
  ['sizes and more behind the octets', described(Buffer.concat([signature, sizes, Buffer.of(1, 2, 3, 4)])), false],
  ['a folder', emptyFolder(''), true],
  ['a folder with octets', emptyFolder('hidden'), false],
  // These carry nothing that is judged: formats/package.md says so.
  ['a comment', withComment('made by hand'), true],
  ['an extra field before the octets', withLocalExtra(extraField(0x5455, 'time')), true],
  ['an extra field in the directory', withCentralExtra(extraField(0x5455, 'time')), true],
  ['another name before the octets', withLocalExtra(extraField(0x7075, '\x01crc_evil.txt')), false],
  ['another name in the directory', withCentralExtra(extraField(0x7075, '\x01crc_evil.txt')), false],
];
for (const [name, zip, passes] of cases) {
  test(name, async () => {
    const path = join(folder, 'made.zip');
    writeFileSync(path, zip);
    const one = { files: [path], trust, at: '2027-01-16T00:00:00Z' };
    const here = judgeHere(one);
    assert.deepEqual(comparable(here), comparable(await judgeThere(one)));
    assert.equal(classOf(here) === 'PASSED', passes, JSON.stringify(here));
  });
}
