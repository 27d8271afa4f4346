// How long algorithms are fit: the table of ../policy.cpp (first day on which each is unfit).
//
// Judged at the time that matters: when a thing was made, and when the next time-stamp covered it.

import type { DigestAlgorithm } from './digest.js';
import { parseTime, type Time } from './time.js';

export type SignatureScheme =
  'RSA PKCS#1 v1.5' | 'RSASSA-PSS' | 'DSA' | 'ECDSA' | 'EdDSA' | 'other scheme';

// Keys of so many bits and more, up to the next step; null: no end is known.
type Step = readonly [bits: number, end: string | null];

const never = '0000-01-01';
const schemes: Partial<Record<SignatureScheme, readonly Step[]>> = {
  'RSA PKCS#1 v1.5': [
    [0, never],
    [786, '2010-08-01'],
    [1024, '2019-10-01'],
    [1900, '2029-01-01'],
  ],
  'RSASSA-PSS': [
    [0, never],
    [786, '2010-08-01'],
    [1024, '2019-10-01'],
    [1900, '2029-01-01'],
    [3000, null],
  ],
  DSA: [
    [0, never],
    [1024, '2015-12-01'],
    [1900, '2029-01-01'],
    [3000, null],
  ],
  ECDSA: [
    [0, never],
    [160, '2012-08-01'],
    [224, '2021-10-01'],
    [250, null],
  ],
};
const digests: Partial<Record<DigestAlgorithm, string>> = {
  sha1: '2012-08-01',
  ripemd160: '2014-08-01',
  sha224: '2029-01-01',
};

// The first moment at which it is unfit; null when no end is known.
export function endOfDigest(algorithm: DigestAlgorithm): Time | null {
  const end = digests[algorithm];
  return end === undefined ? null : parseTime(end);
}

export function endOfScheme(scheme: SignatureScheme, keyBits: number): Time | null {
  let end: string | null = null;
  for (const [bits, until] of schemes[scheme] ?? []) if (keyBits >= bits) end = until;
  return end === null ? null : parseTime(end);
}
