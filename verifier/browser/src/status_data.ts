// Reads revocation lists (RFC 5280 section 5) and OCSP responses (RFC 6960 section 4.2).

import { equal, latin1 } from './bytes.js';
import {
  Certificate,
  extensionOids,
  ocspSigning,
  readAnyTime,
  readExtension,
  readWhole,
  usage,
  type Extension,
} from './certificate.js';
import { Malformed, Reader, tag } from './der.js';
import { hash, type DigestAlgorithm } from './digest.js';
import { keyBits } from './keys.js';
import { readDistributionPoints, readPointName } from './general_names.js';
import { nameText, sameName } from './names.js';
import { checkIssued } from './path.js';
import { endOfDigest } from './policy.js';
import { checkSignature, signedParts } from './signature.js';
import type { Question, Revocation, Status } from './status.js';
import { digestAlgorithm, readAlgorithmIdentifier } from './token.js';
import { parseGeneralizedTime, type Time } from './time.js';

// Status information as found: a CertificateList or a BasicOCSPResponse.
export interface StatusSource {
  octets: Uint8Array;
  ocsp: boolean;
  proven: Time; // when it is known to have existed, for its own algorithms
  from: string;
}

const oids = {
  deltaCrl: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  reason: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  expiredCertsOnCrl: '2.5.29.60',
  archiveCutoff: '1.3.6.1.5.5.7.48.1.6',
} as const;
const singlesMax = 1000;
const delegatesMax = 16;

// Whether the signature holds and its algorithms were fit when the information existed.
function wellSigned(source: StatusSource, signer: Certificate, notes: string[]): boolean {
  const parts = signedParts(source.octets);
  if (parts === null) {
    notes.push(`${source.from}: malformed`);
    return false;
  }
  const check = checkSignature(parts.algorithm, null, signer.key, parts.tbs, parts.signature);
  if (check.outcome !== 'valid') {
    const how = check.outcome === 'invalid' ? 'does not verify' : "can't be checked";
    notes.push(`${source.from}: signature ${how} (${check.detail})`);
    return false;
  }
  const ends = [check.end, check.digest === null ? null : endOfDigest(check.digest)];
  const fit = ends.every((end) => end === null || (typeof end === 'number' && source.proven < end));
  if (!fit) notes.push(`${source.from}: signed with ${check.detail}, no longer fit`);
  return fit;
}

interface RevokedEntry {
  serialNumber: Uint8Array;
  when: Time | null;
  extensions: Map<string, Extension>;
}

interface RevocationList {
  issuer: Uint8Array;
  thisUpdate: Time | null;
  nextUpdate: Time | null;
  entries: RevokedEntry[];
  extensions: [string, Extension][];
}

function readExtensions(list: Reader): [string, Extension][] {
  const all: [string, Extension][] = [];
  while (list.more()) {
    const { oid, extension } = readExtension(list);
    all.push([oid, extension]);
  }
  return all;
}

const isTime = (input: Reader): boolean =>
  input.nextIs(tag.utcTime) || input.nextIs(tag.generalizedTime);

// CertificateList; octets behind it are left alone, as libcrypto does.
function readList(octets: Uint8Array): RevocationList {
  const tbs = Reader.over(octets, 'ber').constructed(tag.sequence).constructed(tag.sequence);
  if (tbs.nextIs(tag.integer)) tbs.primitive(tag.integer);
  tbs.element(tag.sequence);
  const issuer = tbs.element(tag.sequence);
  nameText(issuer);
  const thisUpdate = readAnyTime(tbs).time;
  const nextUpdate = isTime(tbs) ? readAnyTime(tbs).time : null;
  const entries: RevokedEntry[] = [];
  if (tbs.nextIs(tag.sequence)) {
    const list = tbs.constructed(tag.sequence);
    while (list.more()) {
      const entry = list.constructed(tag.sequence);
      const serialNumber = entry.integer();
      const when = readAnyTime(entry).time;
      const extensions = entry.more() ? readExtensions(entry.constructed(tag.sequence)) : [];
      entries.push({ serialNumber, when, extensions: new Map(extensions) });
    }
  }
  let extensions: [string, Extension][] = [];
  if (tbs.nextIs(tag.context(0))) {
    extensions = readExtensions(tbs.constructed(tag.context(0)).constructed(tag.sequence));
  }
  return { issuer, thisUpdate, nextUpdate, entries, extensions };
}

interface DistributionPoint {
  fullNames: Uint8Array[] | null; // contents of each name; null: named otherwise or not at all
  isNamed: boolean;
  onlyUser: boolean;
  onlyCa: boolean;
  someReasons: boolean;
  ofOthers: boolean; // indirect, or for attribute certificates
}

// IssuingDistributionPoint (RFC 5280 section 5.2.5)
function readIssuingPoint(input: Reader): DistributionPoint {
  const point = input.constructed(tag.sequence);
  const isNamed = point.nextIs(tag.context(0));
  const fullNames = isNamed ? readPointName(point) : null;
  const flag = (n: number): boolean =>
    point.nextIs(tag.contextPrimitive(n)) && point.primitive(tag.contextPrimitive(n))[0] !== 0;
  const onlyUser = flag(1);
  const onlyCa = flag(2);
  const someReasons = point.nextIs(tag.contextPrimitive(3));
  if (someReasons) point.any();
  const indirect = flag(4);
  const attributes = flag(5);
  point.end();
  return { fullNames, isNamed, onlyUser, onlyCa, someReasons, ofOthers: indirect || attributes };
}

// The names of the certificate's own distribution points.
function namedPoints(certificate: Certificate): Uint8Array[] {
  const extension = certificate.extensions.get(extensionOids.crlDistributionPoints);
  if (extension === undefined) return [];
  return readWhole(extension.value, readDistributionPoints) ?? [];
}

// What a list can say about a certificate: whether it is revoked; nothing good, but one that it
// names is revoked; nothing.
type ListScope = 'whole' | 'part' | 'unusable';

// Whether a list that is for a part of the certificates is for this one.
function scopeByPoint(list: RevocationList, certificate: Certificate): ListScope {
  const points = list.extensions.filter(([oid]) => oid === oids.issuingDistributionPoint);
  if (points.length === 0) return 'whole';
  const point = points.length === 1 ? readWhole(points[0]![1].value, readIssuingPoint) : null;
  if (point === null || point.ofOthers) return 'unusable';
  if (point.someReasons) return 'part';
  if ((point.onlyUser && certificate.isCa) || (point.onlyCa && !certificate.isCa)) return 'part';
  if (!point.isNamed) return 'whole';
  const others = namedPoints(certificate);
  const isOurs = point.fullNames?.some((name) => others.some((other) => equal(name, other)));
  return isOurs === true ? 'whole' : 'part';
}

// Critical extensions that we don't know make a list unusable (RFC 5280 section 5.2). A delta names
// what was revoked since its base, which it does not come with.
function scopeOf(list: RevocationList, certificate: Certificate): ListScope {
  const isKnown = (oid: string): boolean =>
    oid === oids.issuingDistributionPoint || oid === oids.deltaCrl;
  if (list.extensions.some(([oid, { critical }]) => critical && !isKnown(oid))) return 'unusable';
  const scope = scopeByPoint(list, certificate);
  const isDelta = list.extensions.some(([oid]) => oid === oids.deltaCrl);
  return isDelta && scope === 'whole' ? 'part' : scope;
}

function readGeneralizedTime(input: Reader): Time | null {
  return parseGeneralizedTime(latin1(input.primitive(tag.generalizedTime)));
}

function revocationIn(list: RevocationList, certificate: Certificate): Revocation | null {
  const entry = list.entries.find((one) => equal(one.serialNumber, certificate.serialNumber));
  if (entry === undefined) return null;
  const reason = entry.extensions.get(oids.reason);
  const invalidity = entry.extensions.get(oids.invalidityDate);
  // removeFromCRL (8) has no meaning in a complete list.
  const code =
    reason === undefined
      ? null
      : readWhole(reason.value, (input) => input.primitive(tag.enumerated)[0] ?? null);
  if (code === 8) return null;
  return {
    when: entry.when ?? 0, // an unreadable date is taken as the earliest
    reason: code,
    invalidity: invalidity === undefined ? null : readWhole(invalidity.value, readGeneralizedTime),
  };
}

function readCrl(question: Question, source: StatusSource, notes: string[]): Status | null {
  let list: RevocationList;
  try {
    list = readList(source.octets);
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    notes.push(`${source.from}: malformed revocation list`);
    return null;
  }
  const { issuer, certificate } = question;
  if (!sameName(list.issuer, issuer.subject)) return null; // another's
  if (!issuer.mayUse(usage.crlSign)) {
    notes.push(`${source.from}: the issuer may not sign revocation lists`);
    return null;
  }
  if (!wellSigned(source, issuer, notes)) return null;
  const revocation = revocationIn(list, certificate);
  const scope = scopeOf(list, certificate);
  if (scope === 'unusable' || (scope === 'part' && revocation === null)) {
    notes.push(`${source.from}: revocation list of a kind that does not cover the certificate`);
    return null;
  }
  if (list.thisUpdate === null) return null;
  const expired = list.extensions.find(([oid]) => oid === oids.expiredCertsOnCrl);
  const readTime = (octets: Uint8Array): Time | null => {
    try {
      return Reader.over(octets).time();
    } catch (thrown) {
      if (thrown instanceof Malformed) return null;
      throw thrown;
    }
  };
  return {
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate,
    expiredSince: expired === undefined ? null : readTime(expired[1].value),
    issuerExpired: issuer.notAfter < source.proven,
    revocation,
    from: `revocation list ${source.from}`,
  };
}

interface SingleResponse {
  algorithm: DigestAlgorithm | null;
  nameHash: Uint8Array;
  keyHash: Uint8Array;
  serialNumber: Uint8Array;
  known: boolean;
  revocation: Revocation | null;
  thisUpdate: Time | null;
  nextUpdate: Time | null;
  archiveCutoff: Time | null;
}

interface OcspResponse {
  responderName: Uint8Array | null;
  responderKeyHash: Uint8Array | null;
  producedAt: Time | null;
  singles: SingleResponse[];
  certificates: Uint8Array[];
}

// CertStatus ::= CHOICE { good [0] NULL, revoked [1] { time, reason [0] OPTIONAL }, unknown [2] }
function readCertStatus(input: Reader): { known: boolean; revocation: Revocation | null } {
  if (input.nextIs(tag.contextPrimitive(0))) {
    input.any();
    return { known: true, revocation: null };
  }
  if (!input.nextIs(tag.context(1))) {
    input.primitive(tag.contextPrimitive(2));
    return { known: false, revocation: null };
  }
  const revoked = input.constructed(tag.context(1));
  const when = readAnyTime(revoked).time ?? 0;
  let reason: number | null = null;
  if (revoked.nextIs(tag.context(0))) {
    reason = revoked.constructed(tag.context(0)).primitive(tag.enumerated)[0] ?? null;
  }
  return { known: true, revocation: { when, reason, invalidity: null } };
}

function readSingle(list: Reader): SingleResponse {
  const single = list.constructed(tag.sequence);
  const id = single.constructed(tag.sequence);
  const algorithm = digestAlgorithm(readAlgorithmIdentifier(id));
  const nameHash = id.octetString();
  const keyHash = id.octetString();
  const serialNumber = id.integer();
  id.end();
  const status = readCertStatus(single);
  const thisUpdate = readAnyTime(single).time;
  let nextUpdate: Time | null = null;
  let archiveCutoff: Time | null = null;
  if (single.nextIs(tag.context(0)))
    nextUpdate = readAnyTime(single.constructed(tag.context(0))).time;
  if (single.nextIs(tag.context(1))) {
    const extensions = readExtensions(single.constructed(tag.context(1)).constructed(tag.sequence));
    const cutoff = extensions.find(([oid]) => oid === oids.archiveCutoff);
    if (cutoff !== undefined) archiveCutoff = readWhole(cutoff[1].value, readGeneralizedTime);
  }
  single.end();
  return {
    algorithm,
    nameHash,
    keyHash,
    serialNumber,
    ...status,
    thisUpdate,
    nextUpdate,
    archiveCutoff,
  };
}

// BasicOCSPResponse; octets behind it are left alone, as libcrypto does.
function readResponse(octets: Uint8Array): OcspResponse {
  const basic = Reader.over(octets, 'ber').constructed(tag.sequence);
  const data = basic.constructed(tag.sequence);
  if (data.nextIs(tag.context(0))) data.any(); // version
  let responderName: Uint8Array | null = null;
  let responderKeyHash: Uint8Array | null = null;
  if (data.nextIs(tag.context(1))) {
    responderName = data.constructed(tag.context(1)).element(tag.sequence);
    nameText(responderName);
  } else {
    responderKeyHash = data.constructed(tag.context(2)).octetString();
  }
  const producedAt = readAnyTime(data).time;
  const list = data.constructed(tag.sequence);
  const singles: SingleResponse[] = [];
  while (list.more()) {
    const single = readSingle(list);
    if (singles.length < singlesMax) singles.push(single);
  }
  basic.element(tag.sequence);
  basic.element(tag.bitString);
  const certificates: Uint8Array[] = [];
  if (basic.nextIs(tag.context(0))) {
    const all = basic.constructed(tag.context(0)).constructed(tag.sequence);
    while (all.more()) certificates.push(all.element(tag.sequence));
  }
  basic.end();
  return { responderName, responderKeyHash, producedAt, singles, certificates };
}

// Whether a CertID (RFC 6960 section 4.1.1) names the certificate.
function names(single: SingleResponse, { certificate, issuer }: Question): boolean {
  return (
    single.algorithm !== null &&
    equal(single.serialNumber, certificate.serialNumber) &&
    equal(single.nameHash, hash(single.algorithm, certificate.issuer)) &&
    equal(single.keyHash, hash(single.algorithm, keyBits(issuer.keyInfo)))
  );
}

// RFC 6960 section 4.2.2.2: the issuer itself, or one to whom it gave that task by a certificate
// that was valid when the answer was made. A delegate's own revocation is not looked into.
function findResponder(
  response: OcspResponse,
  { issuer }: Question,
  produced: Time,
): Certificate | null {
  const isNamed = (certificate: Certificate): boolean =>
    response.responderName !== null
      ? sameName(certificate.subject, response.responderName)
      : equal(hash('sha1', keyBits(certificate.keyInfo)), response.responderKeyHash!);
  if (isNamed(issuer)) return issuer;
  for (const octets of response.certificates.slice(0, delegatesMax)) {
    const delegate = Certificate.read(octets);
    if (delegate === null || !isNamed(delegate)) continue;
    if (!delegate.extendedKeyUsage?.includes(ocspSigning)) continue;
    if (
      delegate.validAt(produced) &&
      sameName(delegate.issuer, issuer.subject) &&
      checkIssued(delegate, issuer).outcome === 'valid'
    ) {
      return delegate;
    }
  }
  return null;
}

function readOcsp(question: Question, source: StatusSource, notes: string[]): Status[] {
  let response: OcspResponse;
  try {
    response = readResponse(source.octets);
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    notes.push(`${source.from}: malformed OCSP response`);
    return [];
  }
  const singles = response.singles.filter((single) => names(single, question));
  if (singles.length === 0 || response.producedAt === null) return [];
  const responder = findResponder(response, question, response.producedAt);
  if (responder === null) {
    notes.push(`${source.from}: OCSP response of someone without that task`);
    return [];
  }
  if (!wellSigned(source, responder, notes)) return [];
  return singles.flatMap((single) =>
    !single.known || single.thisUpdate === null
      ? []
      : [
          {
            thisUpdate: single.thisUpdate,
            nextUpdate: single.nextUpdate,
            expiredSince: single.archiveCutoff,
            issuerExpired: responder.notAfter < source.proven,
            revocation: single.revocation,
            from: `OCSP response ${source.from}`,
          },
        ],
  );
}

// What of `sources` speaks about the certificate; `notes` gets why some do not count.
export function readStatus(
  question: Question,
  sources: readonly StatusSource[],
  notes: string[],
): Status[] {
  return sources.flatMap((source) => {
    if (source.ocsp) return readOcsp(question, source, notes);
    const status = readCrl(question, source, notes);
    return status === null ? [] : [status];
  });
}
