// How long algorithms are fit, by the policy that ../policies/default.xml holds (RFC 5698, as
// ../formats/policy.md has it). build.mjs puts its table into the program.
//
// Judged at the time that matters: when a thing was made, and when the next time-stamp covered it.

import { digestOid, type DigestAlgorithm } from './digest.js';
import type { PublicKey } from './keys.js';
import { parseTime, type Time } from './time.js';

// One algorithm of the policy: until when it is fit, under which lower limits of its parameters.
interface Entry {
  oid: string;
  evaluations: { min: Record<string, number>; end: string | null }[]; // the last good day
}

declare const PERDURA_POLICY: Entry[];

export type SignatureScheme =
  'RSA PKCS#1 v1.5' | 'RSASSA-PSS' | 'DSA' | 'ECDSA' | 'EdDSA' | 'other scheme';

// The first moment at which an algorithm is unfit: null when no end is known, 'never fit', or
// 'unknown' to the policy.
export type End = Time | null | 'never fit' | 'unknown';

const day = 86400;
const entries = new Map(PERDURA_POLICY.map((entry) => [entry.oid, entry]));

type Parameters = Record<string, number>;

// Whether `a` asks for as much as `b` of every parameter, and for more of one.
function asksMore(a: Parameters, b: Parameters): boolean {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const lowest = (limits: Parameters, name: string): number => limits[name] ?? -Infinity;
  return (
    names.every((name) => lowest(a, name) >= lowest(b, name)) &&
    names.some((name) => lowest(a, name) > lowest(b, name))
  );
}

function endOf(oid: string, parameters: Parameters): End {
  const entry = entries.get(oid);
  if (entry === undefined) return 'unknown';
  const met = entry.evaluations.filter(({ min }) =>
    Object.entries(min).every(([name, limit]) => (parameters[name] ?? -Infinity) >= limit),
  );
  // The step that the key reaches decides.
  const deciding = met.filter((one) => !met.some((other) => asksMore(other.min, one.min)));
  if (deciding.length === 0) return 'never fit';
  if (deciding.some(({ end }) => end === null)) return null;
  return Math.max(...deciding.map(({ end }) => parseTime(end!)! + day));
}

export const endOfDigest = (algorithm: DigestAlgorithm): End => endOf(digestOid(algorithm), {});

// For a signature of such a scheme and key; `oid` is that of the signature's algorithm. The key may be
// of another kind.
export function endOfSignature(scheme: SignatureScheme, oid: string, key: PublicKey): End {
  const { bits } = key;
  switch (scheme) {
    case 'RSA PKCS#1 v1.5':
      return endOf('1.2.840.113549.1.1.1', { moduluslength: bits });
    case 'RSASSA-PSS':
      return endOf(oid, { moduluslength: bits });
    case 'DSA': {
      const qlength = key.kind === 'DSA' ? key.subgroupBits : 0;
      return endOf('1.2.840.10040.4.1', { plength: bits, qlength });
    }
    case 'ECDSA':
      return endOf('1.2.840.10045.2.1', { plength: bits, qlength: bits });
    default:
      return endOf(oid, {});
  }
}
