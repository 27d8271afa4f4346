// A package seen as a BagIt bag (RFC 8493): its manifests, and its files by the folders in which they
// are judged.

import { concat, decodeUtf8, equal, fromHex, toHex } from './bytes.js';
import { asMalformed, Malformed } from './der.js';
import { Hasher } from './digest.js';
import { failed, passed, type Finding } from './verdict.js';
import { faultOfName, folded, type ZipSource } from './zip.js';

const rule = 'RFC 8493 section 2';
const manifestName = 'manifest-sha256.txt';
const tagManifestName = 'tagmanifest-sha256.txt';
const lineSizeMax = 4096;
const findingsMax = 100;
const unlistedMax = 1000;
const tagFileSizeMax = 16 << 20;
const filesInGroupMax = 20_000;

export interface ManifestEntry {
  name: string;
  sha256: Uint8Array;
}

// The files of one folder: a record, a batch of the journal, or a single file of neither.
export interface FileGroup {
  folder: string; // "data/records/<id>/", "data/journal/batch-<b>/"; '' for a single file
  files: ManifestEntry[];
  tooMany: boolean;
}

// The folder by which a payload file is judged; '' when it stands alone.
export function groupFolder(name: string): string {
  return /^data\/(?:records\/|journal\/batch-)[^/]*\//.exec(name)?.[0] ?? '';
}

// The whole of a small file.
export function readFile(source: ZipSource, name: string, sizeMax: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const piece of source.read(name)) {
    size += piece.length;
    if (size > sizeMax) throw new Malformed(`is longer than ${sizeMax} octets`, name, 'too_large');
    parts.push(piece);
  }
  return concat(...parts);
}

// Checksum, white space, path, in which '%' is written %25.
function parseLine(line: string): ManifestEntry | null {
  const match = /^([0-9a-fA-F]{64})[ \t]+\*?(.+)$/s.exec(line.replace(/\r$/, ''));
  if (match === null) return null;
  const name = match[2]!.replace(/%25/g, '%');
  return faultOfName(name) === '' ? { name, sha256: fromHex(match[1]!)! } : null;
}

// The lines of a file, decoded strictly; null for one that is not UTF-8.
function* linesOf(pieces: Iterable<Uint8Array>, name: string): Generator<string | null> {
  let rest: Uint8Array = new Uint8Array(0);
  for (const piece of pieces) {
    rest = rest.length === 0 ? piece : concat(rest, piece);
    let start = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      if (end - start > lineSizeMax) throw new Malformed('a line is too long', name, 'too_large');
      yield decodeUtf8(rest.subarray(start, end));
      start = end + 1;
    }
    rest = rest.subarray(start);
    if (rest.length > lineSizeMax) throw new Malformed('a line is too long', name, 'too_large');
  }
  if (rest.length > 0) yield decodeUtf8(rest);
}

export class BagManifest {
  readonly findings: Finding[] = [];
  // Files that no line of it or of the tag manifest names, by folder.
  readonly unlisted = new Map<string, string[]>();
  unlistedCount = 0;
  files = 0;
  private readonly entries: ManifestEntry[] = [];

  // Throws not_found when there is no manifest, and what reading throws.
  constructor(source: ZipSource, tags: TagFiles) {
    for (const line of linesOf(source.read(manifestName), manifestName)) {
      const entry = line === null ? null : parseLine(line);
      if (entry === null || !entry.name.startsWith('data/')) {
        this.add(failed('FORMAT_FAILURE', 'A line of the manifest is not of its form.', { rule }));
      } else {
        ++this.files;
        this.entries.push(entry);
      }
    }
    this.sort();
    this.findUnlisted(source, tags);
  }

  // Every group, in ascending order of names.
  *groups(): Generator<FileGroup> {
    let group: FileGroup = { folder: '', files: [], tooMany: false };
    for (const entry of this.entries) {
      const folder = groupFolder(entry.name);
      if (group.files.length > 0 && (folder === '' || folder !== group.folder)) {
        yield group;
        group = { folder: '', files: [], tooMany: false };
      }
      group.folder = folder;
      if (group.files.length < filesInGroupMax) group.files.push(entry);
      else group.tooMany = true;
    }
    if (group.files.length > 0) yield group;
  }

  private add(finding: Finding): void {
    if (this.findings.length < findingsMax) this.findings.push(finding);
  }

  private sort(): void {
    const before = this.entries.length;
    this.entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const kept = this.entries.filter(
      (entry, i) => i === 0 || entry.name !== this.entries[i - 1]!.name,
    );
    if (kept.length === before) return;
    this.add(
      failed('FORMAT_FAILURE', 'The manifest lists a file more than once.', {
        detail: `${before - kept.length} lines too many`,
        rule,
      }),
    );
    this.entries.splice(0, before, ...kept);
  }

  private findUnlisted(source: ZipSource, tags: TagFiles): void {
    const listed = new Set(this.entries.map(({ name }) => folded(name)));
    for (const name of source.names()) {
      const among = name.startsWith('data/') ? listed : tags.listed;
      if (among === null || among.has(folded(name))) continue;
      if (++this.unlistedCount > unlistedMax) continue;
      const folder = groupFolder(name);
      this.unlisted.set(folder, [...(this.unlisted.get(folder) ?? []), name]);
    }
  }
}

function unreadable(name: string, thrown: unknown): Finding {
  const error = asMalformed(thrown);
  const more = { args: [name], detail: error.message, rule };
  return error.code === 'not_found'
    ? failed('SIGNED_DATA_NOT_FOUND', '{0} is missing.', more)
    : failed('FORMAT_FAILURE', "{0} can't be read.", more);
}

function judgeTagFile(source: ZipSource, entry: ManifestEntry): Finding | null {
  const hasher = new Hasher(['sha256']);
  try {
    for (const piece of source.read(entry.name)) hasher.update(piece);
  } catch (thrown) {
    return unreadable(entry.name, thrown);
  }
  const digest = hasher.finish().get('sha256')!;
  if (equal(digest, entry.sha256)) return null;
  return failed('HASH_FAILURE', '{0} was altered.', {
    args: [entry.name],
    rule,
    detail: `SHA-256 is ${toHex(digest)}, listed ${toHex(entry.sha256)}`,
  });
}

// What bag-info.txt, which need not be there, says of the payload ("octets.files"); '' when it says nothing.
function oxumOf(source: ZipSource, findings: Finding[]): string {
  const name = 'bag-info.txt';
  try {
    const text = decodeUtf8(readFile(source, name, tagFileSizeMax)) ?? '';
    return /^Payload-Oxum:[ \t]*(.*?)[ \t\r]*$/m.exec(text)?.[1] ?? '';
  } catch (thrown) {
    if (asMalformed(thrown).code !== 'not_found') findings.push(unreadable(name, thrown));
    return '';
  }
}

const bagit = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

function declaresBag(source: ZipSource): boolean {
  try {
    return decodeUtf8(readFile(source, 'bagit.txt', tagFileSizeMax)) === bagit;
  } catch (thrown) {
    asMalformed(thrown);
    return false;
  }
}

// What lies outside of data/.
export interface TagFiles {
  findings: Finding[];
  oxum: string; // what bag-info.txt says of the payload
  // Names in lower case that the tag manifest lists, and its own; null when it can't be read.
  listed: Set<string> | null;
}

// Judges bagit.txt and the files outside of data/ against the tag manifest.
export function judgeTagFiles(source: ZipSource): TagFiles {
  const findings: Finding[] = [];
  if (!declaresBag(source)) {
    findings.push(
      failed('FORMAT_FAILURE', 'bagit.txt does not say that this is a bag of version 1.0.', {
        rule: 'RFC 8493 section 2.1.1',
      }),
    );
  }
  const oxum = oxumOf(source, findings);
  let lines: (string | null)[];
  try {
    const octets = readFile(source, tagManifestName, tagFileSizeMax);
    lines = [...linesOf([octets], tagManifestName)];
  } catch (thrown) {
    findings.push(unreadable(tagManifestName, thrown));
    return { findings, oxum, listed: null };
  }
  const listed = new Set([tagManifestName]);
  for (const [i, line] of lines.entries()) {
    if (findings.length >= findingsMax) break;
    const entry = line === null ? null : parseLine(line);
    if (entry === null || entry.name.startsWith('data/') || i >= findingsMax) {
      findings.push(
        failed('FORMAT_FAILURE', 'A line of the tag manifest is not of its form.', { rule }),
      );
      continue;
    }
    listed.add(folded(entry.name));
    const finding = judgeTagFile(source, entry);
    if (finding !== null) findings.push(finding);
  }
  if (findings.length === 0) {
    findings.push(
      passed('The manifest and the other files about the package are unaltered.', {
        detail: `${lines.length} files`,
        rule,
      }),
    );
  }
  return { findings, oxum, listed };
}
