// X.509 certificates (RFC 5280): what judging asks of them. Extensions are read once; what is wrong
// with them makes a certificate unfit, not unreadable, as libcrypto has it.

import { equal, latin1 } from './bytes.js';
import { Malformed, Reader, tag } from './der.js';
import { readDistributionPoints, readGeneralNames, readNameConstraints } from './general_names.js';
import { readKey, type PublicKey } from './keys.js';
import { nameText, sameName } from './names.js';
import { readAlgorithmIdentifier } from './token.js';
import { parseGeneralizedTime, parseUtcTime, timeFromUtc, type Time } from './time.js';

export interface Extension {
  critical: boolean;
  value: Uint8Array;
}

export const extensionOids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
} as const;

// Those that libcrypto deals with, so that they may be critical.
const understood = new Set<string>([
  extensionOids.keyUsage,
  extensionOids.subjectAltName,
  extensionOids.basicConstraints,
  extensionOids.certificatePolicies,
  extensionOids.crlDistributionPoints,
  extensionOids.extendedKeyUsage,
  extensionOids.policyConstraints,
  extensionOids.nameConstraints,
  extensionOids.policyMappings,
  extensionOids.inhibitAnyPolicy,
  '2.16.840.1.113730.1.1',
  '1.3.6.1.5.5.7.1.7',
  '1.3.6.1.5.5.7.1.8',
  '1.3.6.1.5.5.7.1.14',
]);

export const usage = {
  digitalSignature: 0x80,
  nonRepudiation: 0x40,
  keyCertSign: 0x04,
  crlSign: 0x02,
} as const;

export const timeStamping = '1.3.6.1.5.5.7.3.8';
export const ocspSigning = '1.3.6.1.5.5.7.3.9';

export class Certificate {
  readonly version: number;
  readonly serialNumber: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: Time;
  readonly notAfter: Time;
  // Whether both times are spelt as RFC 5280 section 4.1.2.5 has it.
  readonly timesAreProper: boolean;
  readonly keyInfo: Uint8Array; // SubjectPublicKeyInfo
  readonly key: PublicKey | null; // null: of a kind that this program can't read
  readonly innerAlgorithm: Uint8Array;
  readonly outerAlgorithm: Uint8Array;
  readonly extensions = new Map<string, Extension>();
  // Extensions are malformed or double.
  readonly invalid: boolean;
  readonly hasUnknownCritical: boolean;
  readonly basicConstraints: { ca: boolean; pathLength: number | null } | null;
  readonly keyUsage: number | null; // null: not stated
  readonly extendedKeyUsage: string[] | null;
  readonly subjectKeyIdentifier: Uint8Array | null;
  readonly authorityKeyIdentifier: AuthorityKey | null;

  private constructor(readonly octets: Uint8Array) {
    const input = Reader.over(octets, 'ber');
    const certificate = input.constructed(tag.sequence);
    const tbs = certificate.constructed(tag.sequence);
    this.version = tbs.nextIs(tag.context(0)) ? readVersion(tbs) : 0;
    this.serialNumber = tbs.integer();
    this.innerAlgorithm = readAlgorithmIdentifier(tbs).encoding;
    this.issuer = tbs.element(tag.sequence);
    const validity = tbs.constructed(tag.sequence);
    const from = readAnyTime(validity);
    const to = readAnyTime(validity);
    validity.end();
    this.notBefore = from.time ?? 1;
    this.notAfter = to.time ?? 0;
    this.timesAreProper = from.proper && to.proper;
    this.subject = tbs.element(tag.sequence);
    nameText(this.issuer); // a name that can't be read makes the certificate unreadable
    nameText(this.subject);
    this.keyInfo = readKeyInfo(tbs);
    this.key = readKey(this.keyInfo);
    for (const unique of [1, 2]) {
      if (tbs.nextIs(tag.contextPrimitive(unique))) tbs.any();
    }
    let double = false;
    if (tbs.nextIs(tag.context(3))) double = this.readExtensions(tbs.constructed(tag.context(3)));
    tbs.end();
    this.outerAlgorithm = readAlgorithmIdentifier(certificate).encoding;
    certificate.anyBitString();
    certificate.end();
    input.end();
    let sound = !double;
    const value = <T>(oid: string, read: (extension: Reader) => T): T | null => {
      const extension = this.extensions.get(oid);
      if (extension === undefined) return null;
      const result = readWhole(extension.value, read);
      if (result === null) sound = false;
      return result;
    };
    this.basicConstraints = value(extensionOids.basicConstraints, readBasicConstraints);
    this.keyUsage = value(extensionOids.keyUsage, readKeyUsage);
    this.extendedKeyUsage = value(extensionOids.extendedKeyUsage, readOids);
    this.subjectKeyIdentifier = value(extensionOids.subjectKeyIdentifier, (extension) =>
      extension.octetString(),
    );
    this.authorityKeyIdentifier = value(extensionOids.authorityKeyIdentifier, readAuthorityKey);
    value(extensionOids.subjectAltName, (names) =>
      readGeneralNames(names.constructed(tag.sequence)),
    );
    value(extensionOids.nameConstraints, readNameConstraints);
    value(extensionOids.crlDistributionPoints, readDistributionPoints);
    this.invalid = !sound;
    this.hasUnknownCritical = [...this.extensions].some(
      ([oid, extension]) => extension.critical && !understood.has(oid),
    );
  }

  // Reads one certificate that fills `octets`; null when it is none.
  static read(octets: Uint8Array): Certificate | null {
    try {
      return new Certificate(octets);
    } catch (thrown) {
      if (thrown instanceof Malformed) return null;
      throw thrown;
    }
  }

  validAt(time: Time): boolean {
    return this.notBefore <= time && time <= this.notAfter;
  }
  get isCa(): boolean {
    return this.basicConstraints?.ca === true;
  }
  get isSelfIssued(): boolean {
    return sameName(this.subject, this.issuer);
  }
  // Whether a use is allowed; when nothing is stated, all are.
  mayUse(bits: number): boolean {
    return this.keyUsage === null || (this.keyUsage & bits) !== 0;
  }
  get text(): string {
    return nameText(this.subject);
  }

  // Whether one is there twice.
  private readExtensions(holder: Reader): boolean {
    const list = holder.constructed(tag.sequence);
    let double = false;
    while (list.more()) {
      const { oid, extension } = readExtension(list);
      double ||= this.extensions.has(oid);
      this.extensions.set(oid, extension);
    }
    holder.end();
    return double;
  }
}

// What `read` makes of DER or BER that it reads to the end; null when it can't.
export function readWhole<T>(octets: Uint8Array, read: (input: Reader) => T): T | null {
  try {
    const input = Reader.over(octets, 'ber');
    const value = read(input);
    input.end();
    return value;
  } catch (thrown) {
    if (thrown instanceof Malformed) return null;
    throw thrown;
  }
}

// Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING }
export function readExtension(list: Reader): { oid: string; extension: Extension } {
  const input = list.constructed(tag.sequence);
  const oid = input.oid();
  const critical = input.nextIs(tag.boolean) && input.boolean();
  const value = input.octetString();
  input.end();
  return { oid, extension: { critical, value } };
}

function readVersion(tbs: Reader): number {
  const holder = tbs.constructed(tag.context(0));
  const version = holder.smallInteger();
  holder.end();
  return version;
}

// The whole SubjectPublicKeyInfo, checked for its form.
function readKeyInfo(tbs: Reader): Uint8Array {
  const info = tbs.constructed(tag.sequence);
  const { parameters } = readAlgorithmIdentifier(info);
  if (parameters?.[0] === tag.oid) Reader.over(parameters, 'ber').oid(); // a curve
  info.anyBitString();
  info.end();
  return info.encoding;
}

// UTCTime or GeneralizedTime in any spelling of X.680, as old makers wrote them.
export function readAnyTime(input: Reader): { time: Time | null; proper: boolean } {
  const generalized = input.nextIs(tag.generalizedTime);
  const text = latin1(input.primitive(generalized ? tag.generalizedTime : tag.utcTime));
  const proper = generalized ? parseGeneralizedTime(text) : parseUtcTime(text);
  if (proper !== null && !text.includes('.')) return { time: proper, proper: true };
  const match = (
    generalized
      ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(?:Z|([+-])(\d\d)(\d\d))$/
      : /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?()?(?:Z|([+-])(\d\d)(\d\d))$/
  ).exec(text);
  if (match === null) return { time: null, proper: false };
  const groups = match.slice(1).filter((_, i) => generalized || i !== 6);
  const [year, month, day, hour, minute, second] = groups.slice(0, 6).map((n) => Number(n ?? 0));
  const full = generalized ? year! : year! < 50 ? 2000 + year! : 1900 + year!;
  const local = timeFromUtc(full, month!, day!, hour!, minute!, second!);
  const offset =
    groups[6] === undefined
      ? 0
      : (groups[6] === '-' ? -1 : 1) * (Number(groups[7]) * 3600 + Number(groups[8]) * 60);
  return { time: local === null ? null : local - offset, proper: false };
}

// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }
function readBasicConstraints(input: Reader): { ca: boolean; pathLength: number | null } {
  const constraints = input.constructed(tag.sequence);
  const ca = constraints.nextIs(tag.boolean) && constraints.boolean();
  const pathLength = constraints.nextIs(tag.integer) ? constraints.smallInteger() : null;
  constraints.end();
  if (!ca && pathLength) throw new Malformed('a path length without a CA');
  return { ca, pathLength };
}

// The first two octets of the BIT STRING, the first one lowest.
function readKeyUsage(input: Reader): number {
  const contents = input.primitive(tag.bitString);
  if (contents.length === 0 || contents[0]! > 7) throw new Malformed('key usage is malformed');
  const unused = contents[0]!;
  const bits = contents.slice(1);
  if (bits.length > 0) bits[bits.length - 1]! &= 0xff << unused;
  const value = (bits[0] ?? 0) | ((bits[1] ?? 0) << 8);
  if (value === 0) throw new Malformed('key usage is empty');
  return value;
}

function readOids(input: Reader): string[] {
  const list = input.constructed(tag.sequence);
  const oids: string[] = [];
  while (list.more()) oids.push(list.oid());
  return oids;
}

interface AuthorityKey {
  keyIdentifier: Uint8Array | null;
  issuer: Uint8Array | null; // the first directoryName of authorityCertIssuer
  serialNumber: Uint8Array | null;
}

// AuthorityKeyIdentifier (RFC 5280 section 4.2.1.1)
function readAuthorityKey(input: Reader): AuthorityKey {
  const key = input.constructed(tag.sequence);
  const keyIdentifier = key.nextIs(tag.contextPrimitive(0))
    ? key.primitive(tag.contextPrimitive(0))
    : null;
  let issuer: Uint8Array | null = null;
  if (key.nextIs(tag.context(1))) {
    const names = key.constructed(tag.context(1));
    while (names.more()) {
      const isDirectory = names.nextIs(tag.context(4));
      const name = names.any();
      if (isDirectory) {
        issuer ??= Reader.over(name, 'ber').constructed(tag.context(4)).element(tag.sequence);
      }
    }
  }
  const serialNumber = key.nextIs(tag.contextPrimitive(2))
    ? key.integer(tag.contextPrimitive(2))
    : null;
  key.end();
  return { keyIdentifier, issuer, serialNumber };
}

// Whether what `subject` says of its issuer's key is true of `issuer`.
export function authorityKeyMatches(subject: Certificate, issuer: Certificate): boolean {
  const named = subject.authorityKeyIdentifier;
  if (named === null) return true;
  const own = issuer.subjectKeyIdentifier;
  if (named.keyIdentifier && own && !equal(named.keyIdentifier, own)) return false;
  if (named.serialNumber && !equal(named.serialNumber, issuer.serialNumber)) return false;
  return named.issuer === null || sameName(named.issuer, issuer.issuer);
}
