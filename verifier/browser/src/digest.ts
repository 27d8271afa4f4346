// Hash functions that evidence may name. Whether one is still fit is policy.ts's to say.

import { ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512, sha512_256 } from '@noble/hashes/sha2.js';
import { sha3_224, sha3_256, sha3_384, sha3_512, shake256_64 } from '@noble/hashes/sha3.js';

const table = {
  sha1: { size: 20, oid: '1.3.14.3.2.26', make: sha1 },
  ripemd160: { size: 20, oid: '1.3.36.3.2.1', make: ripemd160 },
  sha224: { size: 28, oid: '2.16.840.1.101.3.4.2.4', make: sha224 },
  sha256: { size: 32, oid: '2.16.840.1.101.3.4.2.1', make: sha256 },
  sha384: { size: 48, oid: '2.16.840.1.101.3.4.2.2', make: sha384 },
  sha512: { size: 64, oid: '2.16.840.1.101.3.4.2.3', make: sha512 },
  'sha512-256': { size: 32, oid: '2.16.840.1.101.3.4.2.6', make: sha512_256 },
  'sha3-224': { size: 28, oid: '2.16.840.1.101.3.4.2.7', make: sha3_224 },
  'sha3-256': { size: 32, oid: '2.16.840.1.101.3.4.2.8', make: sha3_256 },
  'sha3-384': { size: 48, oid: '2.16.840.1.101.3.4.2.9', make: sha3_384 },
  'sha3-512': { size: 64, oid: '2.16.840.1.101.3.4.2.10', make: sha3_512 },
  shake256: { size: 64, oid: '2.16.840.1.101.3.4.2.12', make: shake256_64 },
} as const;

export type DigestAlgorithm = keyof typeof table;

const byOid = new Map<string, DigestAlgorithm>(
  (Object.keys(table) as DigestAlgorithm[]).map((name) => [table[name].oid, name]),
);

// Null when unknown.
export const digestFromOid = (oid: string): DigestAlgorithm | null => byOid.get(oid) ?? null;
export const digestOid = (algorithm: DigestAlgorithm): string => table[algorithm].oid;
export const digestSize = (algorithm: DigestAlgorithm): number => table[algorithm].size;

export function hash(algorithm: DigestAlgorithm, ...parts: Uint8Array[]): Uint8Array {
  const hasher = table[algorithm].make.create();
  for (const part of parts) hasher.update(part);
  return hasher.digest();
}

export type Digests = Map<DigestAlgorithm, Uint8Array>;

// Hashes a stream in several hash functions at once.
export class Hasher {
  private readonly hashers;

  constructor(private readonly algorithms: readonly DigestAlgorithm[]) {
    this.hashers = algorithms.map((algorithm) => table[algorithm].make.create());
  }
  update(octets: Uint8Array): void {
    for (const hasher of this.hashers) hasher.update(octets);
  }
  finish(): Digests {
    return new Map(this.algorithms.map((algorithm, i) => [algorithm, this.hashers[i]!.digest()]));
  }
}
