// Reading and hashing the files that a manifest lists.

import { equal, toHex } from './bytes.js';
import { readFile, type ManifestEntry } from './bag.js';
import { asMalformed } from './der.js';
import { hash, Hasher, type DigestAlgorithm, type Digests } from './digest.js';
import { failed, warned, type Finding } from './verdict.js';
import type { ZipSource } from './zip.js';

const rule = 'RFC 8493 section 2.1.3';

// `label`: how the file is called in a finding.
function unreadable(label: string, thrown: unknown): Finding {
  const error = asMalformed(thrown);
  const more = { args: [label], detail: error.message, rule };
  if (error.code === 'not_found') {
    return failed('SIGNED_DATA_NOT_FOUND', '{0} is missing, though the package lists it.', more);
  }
  if (error.code === 'too_large') {
    return failed('FORMAT_FAILURE', '{0} is longer than any such file may be.', more);
  }
  return failed('HASH_FAILURE', "{0} is damaged and can't be read.", more);
}

const alteredFinding = (label: string, is: Uint8Array, listed: Uint8Array): Finding =>
  failed('HASH_FAILURE', '{0} was altered: it is not the file that the package lists.', {
    args: [label],
    rule,
    detail: `SHA-256 is ${toHex(is)}, listed ${toHex(listed)}`,
  });

export interface HashedFile {
  size: number;
  digests: Digests;
}

// Reads a file once, in all hash functions that are asked for. Throws what reading throws.
export function hashFile(
  source: ZipSource,
  name: string,
  algorithms: readonly DigestAlgorithm[],
): HashedFile {
  const hasher = new Hasher(algorithms);
  let size = 0;
  for (const piece of source.read(name)) {
    size += piece.length;
    hasher.update(piece);
  }
  return { size, digests: hasher.finish() };
}

// A listed file that is small: its octets, however wrong, when it can be read; null otherwise.
export function readListed(
  source: ZipSource,
  entry: ManifestEntry,
  sizeMax: number,
  findings: Finding[],
  label = entry.name,
): Uint8Array | null {
  let octets: Uint8Array;
  try {
    octets = readFile(source, entry.name, sizeMax);
  } catch (thrown) {
    findings.push(unreadable(label, thrown));
    return null;
  }
  const digest = hash('sha256', octets);
  if (!equal(digest, entry.sha256)) findings.push(alteredFinding(label, digest, entry.sha256));
  return octets;
}

// A listed file of any size, compared with the manifest alone. Its size; 0 when it can't be read.
export function judgeListed(
  source: ZipSource,
  entry: ManifestEntry,
  findings: Finding[],
  label = entry.name,
): number {
  try {
    const { size, digests } = hashFile(source, entry.name, ['sha256']);
    const digest = digests.get('sha256')!;
    if (!equal(digest, entry.sha256)) findings.push(alteredFinding(label, digest, entry.sha256));
    return size;
  } catch (thrown) {
    findings.push(unreadable(label, thrown));
    return 0;
  }
}

// The same for a file that no evidence is about, which is said.
export function judgeUncovered(
  source: ZipSource,
  entry: ManifestEntry,
  findings: Finding[],
  label = entry.name,
): number {
  findings.push(
    warned('{0} lies in the package, and no evidence is about it: nothing is shown of it.', {
      args: [label],
      rule: 'formats/package.md',
    }),
  );
  return judgeListed(source, entry, findings, label);
}
