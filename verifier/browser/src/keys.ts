// Public keys of certificates (SubjectPublicKeyInfo), as values.

import { toBigInt } from './bytes.js';
import { Malformed, Reader, tag } from './der.js';
import { curveOf, type Curve } from './curves.js';
import { readAlgorithmIdentifier } from './token.js';

export type PublicKey =
  | { kind: 'RSA' | 'RSA-PSS'; bits: number; n: bigint; e: bigint; size: number }
  | { kind: 'DSA'; bits: number; subgroupBits: number; p: bigint; q: bigint; g: bigint; y: bigint }
  | { kind: 'EC'; bits: number; curve: Curve; point: Uint8Array }
  | { kind: 'Ed25519' | 'Ed448'; bits: number; point: Uint8Array };

const oids = {
  rsa: '1.2.840.113549.1.1.1',
  pss: '1.2.840.113549.1.1.10',
  dsa: '1.2.840.10040.4.1',
  ec: '1.2.840.10045.2.1',
  ed25519: '1.3.101.112',
  ed448: '1.3.101.113',
} as const;

export const bitLength = (value: bigint): number => (value <= 0n ? 0 : value.toString(2).length);

// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
function readRsa(kind: 'RSA' | 'RSA-PSS', octets: Uint8Array): PublicKey {
  const input = Reader.over(octets);
  const key = input.constructed(tag.sequence);
  const n = positive(key);
  const e = positive(key);
  key.end();
  input.end();
  const bits = bitLength(n);
  return { kind, bits, n, e, size: Math.ceil(bits / 8) };
}

function positive(input: Reader): bigint {
  const contents = input.integer();
  if (contents[0]! >= 0x80) throw new Malformed('a number of a key is negative');
  return toBigInt(contents);
}

// Dss-Parms ::= SEQUENCE { p INTEGER, q INTEGER, g INTEGER }
function readDsa(parameters: Uint8Array, octets: Uint8Array): PublicKey {
  const all = Reader.over(parameters).constructed(tag.sequence);
  const [p, q, g] = [positive(all), positive(all), positive(all)];
  return {
    kind: 'DSA',
    bits: bitLength(p),
    subgroupBits: bitLength(q),
    p,
    q,
    g,
    y: positive(Reader.over(octets)),
  };
}

function readAny(info: Uint8Array): PublicKey | null {
  const input = Reader.over(info, 'ber').constructed(tag.sequence);
  const algorithm = readAlgorithmIdentifier(input);
  const octets = input.bitString();
  input.end();
  switch (algorithm.oid) {
    case oids.rsa:
      return readRsa('RSA', octets);
    case oids.pss:
      return readRsa('RSA-PSS', octets);
    case oids.dsa:
      return algorithm.parameters === null ? null : readDsa(algorithm.parameters, octets);
    case oids.ec: {
      const curve =
        algorithm.parameters?.[0] === tag.oid
          ? curveOf(Reader.over(algorithm.parameters).oid())
          : null;
      if (curve === null || !curve.isPoint(octets)) return null;
      return { kind: 'EC', bits: curve.bits, curve, point: octets };
    }
    case oids.ed25519:
      return octets.length === 32 ? { kind: 'Ed25519', bits: 256, point: octets } : null;
    case oids.ed448:
      return octets.length === 57 ? { kind: 'Ed448', bits: 456, point: octets } : null;
    default:
      return null;
  }
}

// Null when it is of a kind that this program can't read.
export function readKey(info: Uint8Array): PublicKey | null {
  try {
    return readAny(info);
  } catch (thrown) {
    if (thrown instanceof Malformed) return null;
    throw thrown;
  }
}

// The octets that a key identifier or an OCSP responder's key hash is taken of.
export function keyBits(info: Uint8Array): Uint8Array {
  const input = Reader.over(info, 'ber').constructed(tag.sequence);
  input.any();
  return input.bitString();
}
