// Tokens that were judged, and by what.

import { equal } from './bytes.js';
import { Certificate } from './certificate.js';
import { Malformed } from './der.js';
import { hash, type DigestAlgorithm } from './digest.js';
import type { Time } from './time.js';
import { parseToken, type Token } from './token.js';
import { report, type Report } from './verdict.js';

// Of certificates in one token.
export const poolMax = 256;

// How evidence is to be judged.
export interface JudgeOptions {
  anchors: Uint8Array[]; // certificates, DER
  at: Time; // as of when the newest time-stamp must hold
  atChosen: boolean; // what was stamped after it did not exist yet; otherwise it is now
  revocationRequired: boolean;
  extraCertificates: Uint8Array[];
  extraCrls: Uint8Array[];
}

// A token that was judged, and what a judge of evidence asks of it.
export class JudgedToken {
  report: Report = report('time-stamp');
  token: Token | null = null; // null when it does not parse
  private readonly digests = new Map<DigestAlgorithm, Uint8Array>();

  constructor(
    readonly octets: Uint8Array,
    readonly later: JudgedToken | null,
    readonly reference: Time,
  ) {}

  // The hash of the whole ContentInfo, which a renewal covers.
  digest(algorithm: DigestAlgorithm): Uint8Array {
    const known = this.digests.get(algorithm) ?? hash(algorithm, this.octets);
    this.digests.set(algorithm, known);
    return known;
  }
}

// The options' certificates, read.
export interface Trust {
  anchors: Certificate[];
  extras: Certificate[];
}

// Reads each that can be read, once; what can't be is left out.
export function readInto(pool: Certificate[], all: readonly Uint8Array[]): void {
  for (const octets of all) {
    if (pool.some((other) => equal(other.octets, octets))) continue;
    const certificate = Certificate.read(octets);
    if (certificate !== null) pool.push(certificate);
  }
}

// The subject of the certificate that signed a token, when it is in there; '' otherwise.
export function signerText(octets: Uint8Array): string {
  let token: Token;
  try {
    token = parseToken(octets);
  } catch (thrown) {
    if (thrown instanceof Malformed) return '';
    throw thrown;
  }
  const pool: Certificate[] = [];
  readInto(pool, token.certificates.slice(0, poolMax));
  const { serialNumber, issuer } = token.signer;
  return (
    pool.find((one) => equal(one.serialNumber, serialNumber) && equal(one.issuer, issuer))?.text ??
    ''
  );
}
