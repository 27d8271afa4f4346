// Checks a signature over a message with a public key, both as they stand in a token, certificate,
// revocation list or OCSP response.

import { ed25519 } from '@noble/curves/ed25519.js';
import { ed448 } from '@noble/curves/ed448.js';
import { concat, equal, fromHex, toBigInt } from './bytes.js';
import type { Curve } from './curves.js';
import { derHeader, Malformed, Reader, tag } from './der.js';
import { digestOid, digestSize, hash, type DigestAlgorithm } from './digest.js';
import { bitLength, type PublicKey } from './keys.js';
import { endOfSignature, type End, type SignatureScheme } from './policy.js';
import {
  digestAlgorithm,
  isPlain,
  readAlgorithmIdentifier,
  type AlgorithmIdentifier,
} from './token.js';

export interface SignatureCheck {
  // 'unsupported': this program can't tell
  outcome: 'valid' | 'invalid' | 'unsupported';
  scheme: SignatureScheme;
  keyBits: number;
  digest: DigestAlgorithm | null; // null: the scheme has none of its own
  end: End; // until when the policy has scheme and key fit
  detail: string;
}

interface Row {
  scheme: SignatureScheme;
  digest: DigestAlgorithm | null; // null: named elsewhere, or none
}

const rsa = (digest: DigestAlgorithm | null): Row => ({ scheme: 'RSA PKCS#1 v1.5', digest });
const dsa = (digest: DigestAlgorithm | null): Row => ({ scheme: 'DSA', digest });
const ecdsa = (digest: DigestAlgorithm | null): Row => ({ scheme: 'ECDSA', digest });
const pssOid = '1.2.840.113549.1.1.10';
// Some makers write the key's algorithm, perhaps with its curve, for the signature's.
const ecKeyOid = '1.2.840.10045.2.1';

const rows = new Map<string, Row>([
  ['1.2.840.113549.1.1.1', rsa(null)],
  ['1.2.840.113549.1.1.5', rsa('sha1')],
  ['1.3.36.3.3.1.2', rsa('ripemd160')],
  ['1.2.840.113549.1.1.14', rsa('sha224')],
  ['1.2.840.113549.1.1.11', rsa('sha256')],
  ['1.2.840.113549.1.1.12', rsa('sha384')],
  ['1.2.840.113549.1.1.13', rsa('sha512')],
  ['1.2.840.113549.1.1.16', rsa('sha512-256')],
  ['2.16.840.1.101.3.4.3.14', rsa('sha3-256')],
  ['2.16.840.1.101.3.4.3.15', rsa('sha3-384')],
  ['2.16.840.1.101.3.4.3.16', rsa('sha3-512')],
  [pssOid, { scheme: 'RSASSA-PSS', digest: null }],
  ['1.2.840.10040.4.3', dsa('sha1')],
  ['2.16.840.1.101.3.4.3.1', dsa('sha224')],
  ['2.16.840.1.101.3.4.3.2', dsa('sha256')],
  [ecKeyOid, ecdsa(null)],
  ['1.2.840.10045.4.1', ecdsa('sha1')],
  ['1.2.840.10045.4.3.1', ecdsa('sha224')],
  ['1.2.840.10045.4.3.2', ecdsa('sha256')],
  ['1.2.840.10045.4.3.3', ecdsa('sha384')],
  ['1.2.840.10045.4.3.4', ecdsa('sha512')],
  ['2.16.840.1.101.3.4.3.10', ecdsa('sha3-256')],
  ['2.16.840.1.101.3.4.3.11', ecdsa('sha3-384')],
  ['2.16.840.1.101.3.4.3.12', ecdsa('sha3-512')],
  ['1.3.101.112', { scheme: 'EdDSA', digest: null }],
  ['1.3.101.113', { scheme: 'EdDSA', digest: null }],
]);

const edwardsOids = { Ed25519: '1.3.101.112', Ed448: '1.3.101.113' } as const;

interface Pss {
  digest: DigestAlgorithm | null;
  maskDigest: DigestAlgorithm | null;
  saltLength: number;
}

// RSASSA-PSS-params (RFC 4055 section 3.1), DER
function readPss(parameters: Uint8Array | null): Pss | null {
  if (parameters === null) return null;
  const pss: Pss = { digest: 'sha1', maskDigest: 'sha1', saltLength: 20 };
  try {
    const input = Reader.over(parameters);
    const all = input.constructed(tag.sequence);
    const field = (n: number, read: (holder: Reader) => void): void => {
      if (!all.nextIs(tag.context(n))) return;
      const holder = all.constructed(tag.context(n));
      read(holder);
      holder.end();
    };
    field(0, (holder) => {
      pss.digest = digestAlgorithm(readAlgorithmIdentifier(holder));
    });
    field(1, (holder) => {
      const mask = holder.constructed(tag.sequence);
      if (mask.oid() !== '1.2.840.113549.1.1.8') mask.fail('mask function is not MGF1');
      pss.maskDigest = digestAlgorithm(readAlgorithmIdentifier(mask));
      mask.end();
    });
    field(2, (holder) => {
      pss.saltLength = holder.smallInteger();
    });
    field(3, (holder) => {
      if (holder.smallInteger() !== 1) holder.fail('trailer field is not 1');
    });
    all.end();
    input.end();
  } catch (thrown) {
    if (thrown instanceof Malformed) return null;
    throw thrown;
  }
  return pss.saltLength > 1024 ? null : pss;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function octetsOf(value: bigint, size: number): Uint8Array {
  return fromHex(value.toString(16).padStart(2 * size, '0'))!;
}

type Rsa = PublicKey & { kind: 'RSA' | 'RSA-PSS' };

// Whether checking one signature takes so long that evidence made of them would exhaust who judges
// it. No maker has such keys: exponents are 65537 or less.
function takesTooLong(key: PublicKey): boolean {
  if (key.kind === 'DSA') return key.bits > 4096;
  if (key.kind !== 'RSA' && key.kind !== 'RSA-PSS') return false;
  return key.bits > 16384 || bitLength(key.e) > (key.bits > 4096 ? 32 : 64);
}

// What the signature was made of (RFC 8017 section 5.2.2); null when it can't be one.
function recover(key: Rsa, signature: Uint8Array): Uint8Array | null {
  const { n, e } = key;
  if (e >= n || n % 2n === 0n) return null;
  const value = toBigInt(signature);
  if (signature.length !== key.size || value >= n) return null;
  return octetsOf(power(value, e, n), key.size);
}

function oidContents(oid: string): Uint8Array {
  const numbers = oid.split('.').map(Number);
  const octets = [numbers[0]! * 40 + numbers[1]!];
  for (const number of numbers.slice(2)) {
    const group = [number & 0x7f];
    for (let rest = number >> 7; rest > 0; rest >>= 7) group.unshift(0x80 | (rest & 0x7f));
    octets.push(...group);
  }
  return Uint8Array.from(octets);
}

const element = (identifier: number, contents: Uint8Array): Uint8Array =>
  concat(derHeader(identifier, contents.length), contents);

// RFC 8017 section 8.2.2, by comparing with the one encoding.
function verifyPkcs1(
  key: Rsa,
  digest: DigestAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const recovered = recover(key, signature);
  const algorithm = element(
    tag.sequence,
    concat(element(tag.oid, oidContents(digestOid(digest))), Uint8Array.of(tag.null, 0)),
  );
  const info = element(
    tag.sequence,
    concat(algorithm, element(tag.octetString, hash(digest, message))),
  );
  const padding = key.size - info.length - 3;
  if (recovered === null || padding < 8) return false;
  return equal(
    recovered,
    concat(Uint8Array.of(0, 1), new Uint8Array(padding).fill(0xff), Uint8Array.of(0), info),
  );
}

function mgf1(digest: DigestAlgorithm, seed: Uint8Array, size: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let i = 0; i * digestSize(digest) < size; ++i) {
    parts.push(hash(digest, seed, Uint8Array.of(i >>> 24, i >>> 16, i >>> 8, i)));
  }
  return concat(...parts).subarray(0, size);
}

// RFC 8017 section 9.1.2
function verifyPss(
  key: Rsa,
  pss: Pss & { digest: DigestAlgorithm; maskDigest: DigestAlgorithm },
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const recovered = recover(key, signature);
  if (recovered === null) return false;
  const bits = key.bits - 1;
  const size = Math.ceil(bits / 8);
  if (recovered.length > size && recovered[0] !== 0) return false;
  const encoded = recovered.subarray(recovered.length - size);
  const hashSize = digestSize(pss.digest);
  if (size < hashSize + pss.saltLength + 2 || encoded[size - 1] !== 0xbc) return false;
  const maskedSize = size - hashSize - 1;
  const tail = encoded.subarray(maskedSize, maskedSize + hashSize);
  const topMask = 0xff >> (8 * size - bits);
  if ((encoded[0]! & ~topMask) !== 0) return false;
  const mask = mgf1(pss.maskDigest, tail, maskedSize);
  const block = encoded.subarray(0, maskedSize).map((octet, i) => octet ^ mask[i]!);
  block[0]! &= topMask;
  const saltAt = maskedSize - pss.saltLength;
  for (let i = 0; i < saltAt - 1; ++i) if (block[i] !== 0) return false;
  if (block[saltAt - 1] !== 1) return false;
  return equal(
    tail,
    hash(pss.digest, new Uint8Array(8), hash(pss.digest, message), block.subarray(saltAt)),
  );
}

// SEQUENCE { r INTEGER, s INTEGER }, DER; null when it is not that, or a number is negative.
function readPair(signature: Uint8Array): [bigint, bigint] | null {
  try {
    const input = Reader.over(signature);
    const pair = input.constructed(tag.sequence);
    const numbers = [pair.integer(), pair.integer()] as const;
    pair.end();
    input.end();
    if (numbers.some((contents) => contents[0]! >= 0x80)) return null;
    return [toBigInt(numbers[0]), toBigInt(numbers[1])];
  } catch (thrown) {
    if (thrown instanceof Malformed) return null;
    throw thrown;
  }
}

function verifyEcdsa(
  curve: Curve,
  point: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const pair = readPair(signature);
  if (pair === null || pair.some((number) => number === 0n || number >= curve.order)) return false;
  return curve.verify(point, digest, concat(...pair.map((number) => octetsOf(number, curve.size))));
}

// FIPS 186-4 section 4.7
function verifyDsa(
  { p, q, g, y }: PublicKey & { kind: 'DSA' },
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const pair = readPair(signature);
  const bits = bitLength(q);
  if (pair === null || ![160, 224, 256].includes(bits)) return false;
  const [r, s] = pair;
  if (r === 0n || r >= q || s === 0n || s >= q) return false;
  const z = toBigInt(digest.subarray(0, bits / 8));
  const w = power(s, q - 2n, q); // q is a prime
  const v = ((power(g, (z * w) % q, p) * power(y, (r * w) % q, p)) % p) % q;
  return v === r;
}

function verifyEdwards(
  key: PublicKey & { kind: 'Ed25519' | 'Ed448' },
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const scheme = key.kind === 'Ed25519' ? ed25519 : ed448;
  try {
    return scheme.verify(signature, message, key.point, { zip215: false });
  } catch {
    // how that library says no to octets that are not of their form
    return false;
  }
}

function suits(row: Row, oid: string, key: PublicKey): boolean {
  switch (row.scheme) {
    case 'RSA PKCS#1 v1.5':
      return key.kind === 'RSA';
    case 'RSASSA-PSS':
      return key.kind === 'RSA' || key.kind === 'RSA-PSS';
    case 'DSA':
      return key.kind === 'DSA';
    case 'ECDSA':
      return key.kind === 'EC';
    default:
      return (key.kind === 'Ed25519' || key.kind === 'Ed448') && edwardsOids[key.kind] === oid;
  }
}

function verify(
  key: PublicKey,
  digest: DigestAlgorithm | null,
  pss: Pss | null,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  switch (key.kind) {
    case 'RSA':
    case 'RSA-PSS':
      return pss === null
        ? verifyPkcs1(key, digest!, message, signature)
        : verifyPss(
            key,
            { ...pss, digest: pss.digest!, maskDigest: pss.maskDigest! },
            message,
            signature,
          );
    case 'DSA':
      return verifyDsa(key, hash(digest!, message), signature);
    case 'EC':
      return verifyEcdsa(key.curve, key.point, hash(digest!, message), signature);
    default:
      return verifyEdwards(key, message, signature);
  }
}

// Checks `signature` over `message`. `messageDigest`: what CMS names beside a signature algorithm
// that names none, such as rsaEncryption.
export function checkSignature(
  algorithm: AlgorithmIdentifier,
  messageDigest: DigestAlgorithm | null,
  key: PublicKey | null,
  message: Uint8Array,
  signature: Uint8Array,
): SignatureCheck {
  const { oid } = algorithm;
  const row = rows.get(oid) ?? null;
  const result: SignatureCheck = {
    outcome: 'unsupported',
    scheme: row?.scheme ?? 'other scheme',
    keyBits: key?.bits ?? 0,
    digest: null,
    end: key === null || row === null ? 'unknown' : endOfSignature(row.scheme, oid, key),
    detail: `signature algorithm ${oid}`,
  };
  if (key === null || row === null)
    return { ...result, scheme: key === null ? 'other scheme' : result.scheme };
  let pss: Pss | null = null;
  if (row.scheme === 'RSASSA-PSS') {
    pss = readPss(algorithm.parameters);
    if (pss === null || pss.digest === null || pss.maskDigest === null) return result;
    result.digest = pss.digest;
  } else if (!isPlain(algorithm) && oid !== ecKeyOid) {
    return result;
  } else if (row.scheme !== 'EdDSA') {
    result.digest = row.digest ?? messageDigest;
  }
  if (!suits(row, oid, key)) return { ...result, outcome: 'invalid' };
  if (row.scheme !== 'EdDSA' && result.digest === null) return result;
  result.detail = [row.scheme, `${key.bits} bits`, ...(result.digest ? [result.digest] : [])].join(
    ', ',
  );
  if (takesTooLong(key)) {
    result.detail += ', with a key that takes too long to be used';
    return result;
  }
  result.outcome = verify(key, result.digest, pss, message, signature) ? 'valid' : 'invalid';
  return result;
}

export interface SignedParts {
  tbs: Uint8Array;
  algorithm: AlgorithmIdentifier;
  signature: Uint8Array;
}

// The first three elements of a SIGNED{} (certificate, list, OCSP response); null when malformed.
export function signedParts(encoding: Uint8Array): SignedParts | null {
  try {
    const parts = Reader.over(encoding, 'ber').constructed(tag.sequence);
    const tbs = parts.element(tag.sequence);
    const algorithm = readAlgorithmIdentifier(parts);
    return { tbs, algorithm, signature: parts.bitString() };
  } catch (thrown) {
    if (thrown instanceof Malformed) return null;
    throw thrown;
  }
}
