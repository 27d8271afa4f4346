// RFC 9162 section 2.1: the Merkle tree of the journal, with SHA-256. Nothing is sorted; this has
// nothing to do with the hash trees of evidence records.

import { equal } from './bytes.js';
import { hash } from './digest.js';

const leafPrefix = Uint8Array.of(0x00);
const nodePrefix = Uint8Array.of(0x01);

export const leafHash = (data: Uint8Array): Uint8Array => hash('sha256', leafPrefix, data);

const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  hash('sha256', nodePrefix, left, right);

const isOdd = (n: bigint): boolean => (n & 1n) === 1n;

// Whether `proof` shows that the leaf has this index in the log of `size` entries with that root
// (section 2.1.3.2). False for any malformed proof.
export function verifyInclusion(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  proof: Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index >= size) return false;
  let fn = index;
  let sn = size - 1n;
  let r = leaf;
  for (const p of proof) {
    if (sn === 0n) return false;
    if (isOdd(fn) || fn === sn) {
      r = nodeHash(p, r);
      while (!isOdd(fn) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      r = nodeHash(r, p);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(r, root);
}

// Whether `proof` shows that the log of `oldSize` entries is the beginning of the one of `newSize`
// (section 2.1.4.2). False for any malformed proof.
export function verifyConsistency(
  oldSize: bigint,
  newSize: bigint,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  proof: Uint8Array[],
): boolean {
  if (oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  if (oldSize === 0n) return proof.length === 0 && equal(oldRoot, hash('sha256'));
  // When the old log is a whole subtree, its root begins the proof.
  const whole = (oldSize & (oldSize - 1n)) === 0n;
  if (!whole && proof.length === 0) return false;
  let fn = oldSize - 1n;
  let sn = newSize - 1n;
  while (isOdd(fn)) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let fr = whole ? oldRoot : proof[0]!;
  let sr = fr;
  for (const c of whole ? proof : proof.slice(1)) {
    if (sn === 0n) return false;
    if (isOdd(fn) || fn === sn) {
      fr = nodeHash(c, fr);
      sr = nodeHash(c, sr);
      while (!isOdd(fn) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      sr = nodeHash(sr, c);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(fr, oldRoot) && equal(sr, newRoot);
}
