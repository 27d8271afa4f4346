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

// The ranges of leaves [begin, end) whose hashes prove entry `index` of the log of `size` entries, as
// texts, in the order of the proof.
function inclusionPath(index: bigint, size: bigint): string[] {
  const path: string[] = [];
  let [begin, end] = [0n, size];
  while (end - begin > 1n) {
    let half = 1n;
    while (half * 2n < end - begin) half *= 2n;
    const middle = begin + half;
    path.unshift(index < middle ? `${middle} ${end}` : `${begin} ${middle}`);
    if (index < middle) end = middle;
    else begin = middle;
  }
  return path;
}

export interface Inclusion {
  size: bigint;
  proof: Uint8Array[];
}

// Whether two proofs of one entry, in logs of perhaps different sizes, give one hash to every subtree
// that both name. True when either is no proof of its size: judging it says so.
export function proofsAgree(index: bigint, a: Inclusion, b: Inclusion): boolean {
  if (index >= a.size || index >= b.size) return true;
  const paths = [inclusionPath(index, a.size), inclusionPath(index, b.size)] as const;
  if (paths[0].length !== a.proof.length || paths[1].length !== b.proof.length) return true;
  return paths[0].every((range, i) => {
    const j = paths[1].indexOf(range);
    return j < 0 || equal(a.proof[i]!, b.proof[j]!);
  });
}
