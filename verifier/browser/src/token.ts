// RFC 3161 (with RFC 5816) time-stamp tokens: CMS SignedData over a TSTInfo, as views. Parsing
// judges nothing; token_checks.ts does.

import { equal, latin1 } from './bytes.js';
import { Malformed, Reader, tag, type Code } from './der.js';
import { digestFromOid, type DigestAlgorithm } from './digest.js';
import { parseGeneralizedTime, type Time } from './time.js';

export const oids = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  certificateValues: '1.2.840.113549.1.9.16.2.23',
  revocationValues: '1.2.840.113549.1.9.16.2.24',
  ocspBasic: '1.3.6.1.5.5.7.48.1.1',
  ocspResponse: '1.3.6.1.5.5.7.16.2',
} as const;

export interface AlgorithmIdentifier {
  encoding: Uint8Array;
  oid: string;
  parameters: Uint8Array | null; // the whole element
}

export function readAlgorithmIdentifier(input: Reader): AlgorithmIdentifier {
  const algorithm = input.constructed(tag.sequence);
  const oid = algorithm.oid();
  const parameters = algorithm.more() ? algorithm.any() : null;
  algorithm.end();
  return { encoding: algorithm.encoding, oid, parameters };
}

// Whether parameters are absent or NULL, which mean the same (RFC 5754 section 2).
export const isPlain = ({ parameters }: AlgorithmIdentifier): boolean =>
  parameters === null || (parameters.length === 2 && parameters[0] === tag.null);

// id-shake256-len with INTEGER 512: what RFC 8419 section 3.1 wants beside Ed448.
const isShake256Of512 = (algorithm: AlgorithmIdentifier): boolean =>
  algorithm.oid === '2.16.840.1.101.3.4.2.18' &&
  algorithm.parameters !== null &&
  equal(algorithm.parameters, Uint8Array.of(2, 2, 2, 0));

// The hash function that it names; null when unknown, or with other parameters.
export function digestAlgorithm(algorithm: AlgorithmIdentifier): DigestAlgorithm | null {
  if (isShake256Of512(algorithm)) return 'shake256';
  return isPlain(algorithm) ? digestFromOid(algorithm.oid) : null;
}

// TSTInfo (RFC 3161 section 2.4.2)
export interface TstInfo {
  version: number;
  policy: string;
  imprintAlgorithm: AlgorithmIdentifier;
  hashedMessage: Uint8Array;
  serialNumber: Uint8Array;
  genTime: Time; // whole seconds, cut off
  genTimeMicros: number; // what was cut off
  accuracyMicros: number | null;
  tsa: Uint8Array | null; // the whole GeneralName
  criticalExtensions: string[];
}

// The latest moment that the time-stamp can stand for: genTime plus accuracy, rounded up.
export const latest = (info: TstInfo): Time =>
  info.genTime + Math.ceil((info.genTimeMicros + (info.accuracyMicros ?? 0)) / 1e6);

// ESSCertID or ESSCertIDv2, the first of a signing-certificate attribute (RFC 5035)
export interface SigningCertificate {
  algorithmOid: string;
  algorithm: DigestAlgorithm | null;
  hash: Uint8Array;
  issuerSerial: Uint8Array | null;
}

// SignerInfo (RFC 5652 section 5.3), and what matters of its signed attributes
export interface SignerInfo {
  issuer: Uint8Array;
  serialNumber: Uint8Array;
  subjectKeyIdentifier: Uint8Array | null;
  digestAlgorithm: AlgorithmIdentifier;
  signedAttributes: Uint8Array; // the whole [0] element
  signatureAlgorithm: AlgorithmIdentifier;
  signature: Uint8Array;
  contentType: string | null;
  messageDigest: Uint8Array | null;
  signingCertificate: SigningCertificate | null;
  signingCertificateV2: SigningCertificate | null;
}

export interface Token {
  content: Uint8Array;
  info: TstInfo;
  signer: SignerInfo;
  certificates: Uint8Array[];
  crls: Uint8Array[];
  ocspResponses: Uint8Array[];
  deviations: string[];
}

type Parts = Pick<Token, 'certificates' | 'crls' | 'ocspResponses' | 'deviations'>;

// Accuracy (RFC 3161 section 2.4.2), in microseconds
function readAccuracy(input: Reader): number {
  const accuracy = input.constructed(tag.sequence);
  const part = (expected: number, limit: number): number => {
    if (!accuracy.nextIs(expected)) return 0;
    const value = accuracy.smallInteger(expected);
    if (value > limit) accuracy.fail('accuracy is out of range');
    return value;
  };
  const seconds = part(tag.integer, 1e9);
  const millis = part(tag.contextPrimitive(0), 999);
  const micros = part(tag.contextPrimitive(1), 999);
  accuracy.end();
  return seconds * 1e6 + millis * 1000 + micros;
}

// genTime. A fraction with trailing zeros is not DER, but some makers write it.
function readGenTime(input: Reader, parts: Parts): { genTime: Time; genTimeMicros: number } {
  const written = latin1(input.primitive(tag.generalizedTime));
  const text = written.replace(/^([^.]*)\.(\d*?)0*Z$/, (_, whole: string, fraction: string) =>
    fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`,
  );
  if (text !== written) parts.deviations.push('genTime has trailing zeros (not DER)');
  const genTime = parseGeneralizedTime(text);
  if (genTime === null) input.fail('genTime is malformed');
  const fraction = /\.(\d+)Z$/.exec(text)?.[1] ?? '';
  return { genTime, genTimeMicros: Number(fraction.slice(0, 6).padEnd(6, '0')) };
}

function readCriticalExtensions(input: Reader): string[] {
  const critical: string[] = [];
  if (!input.nextIs(tag.context(1))) return critical;
  const extensions = input.constructed(tag.context(1));
  while (extensions.more()) {
    const extension = extensions.constructed(tag.sequence);
    const oid = extension.oid();
    if (extension.nextIs(tag.boolean) && extension.boolean()) critical.push(oid);
    extension.octetString();
    extension.end();
  }
  return critical;
}

function readTstInfo(content: Uint8Array, parts: Parts): TstInfo {
  const whole = Reader.over(content);
  const input = whole.constructed(tag.sequence);
  const version = input.smallInteger();
  const policy = input.oid();
  const imprint = input.constructed(tag.sequence);
  const imprintAlgorithm = readAlgorithmIdentifier(imprint);
  const hashedMessage = imprint.octetString();
  imprint.end();
  const serialNumber = input.integer();
  const { genTime, genTimeMicros } = readGenTime(input, parts);
  const accuracyMicros = input.nextIs(tag.sequence) ? readAccuracy(input) : null;
  if (input.nextIs(tag.boolean)) input.boolean(); // ordering
  if (input.nextIs(tag.integer)) input.integer(); // nonce
  let tsa: Uint8Array | null = null;
  if (input.nextIs(tag.context(0))) {
    const holder = input.constructed(tag.context(0));
    tsa = holder.any();
    holder.end();
  }
  const criticalExtensions = readCriticalExtensions(input);
  input.end();
  whole.end();
  return {
    version,
    policy,
    imprintAlgorithm,
    hashedMessage,
    serialNumber,
    genTime,
    genTimeMicros,
    accuracyMicros,
    tsa,
    criticalExtensions,
  };
}

// SigningCertificate(V2) ::= SEQUENCE { certs SEQUENCE OF ESSCertID(v2), policies OPTIONAL }
function readSigningCertificate(values: Reader, preset: 'sha1' | 'sha256'): SigningCertificate {
  const attribute = values.constructed(tag.sequence);
  const first = attribute.constructed(tag.sequence).constructed(tag.sequence);
  let algorithm: DigestAlgorithm | null = preset;
  let algorithmOid = '';
  if (preset !== 'sha1' && first.nextIs(tag.sequence)) {
    const named = readAlgorithmIdentifier(first);
    algorithmOid = named.oid;
    algorithm = digestAlgorithm(named);
  }
  const hash = first.octetString();
  const issuerSerial = first.optionalElement(tag.sequence);
  first.end();
  return { algorithmOid, algorithm, hash, issuerSerial };
}

type Attributes = Pick<
  SignerInfo,
  'contentType' | 'messageDigest' | 'signingCertificate' | 'signingCertificateV2'
>;

function readSignedAttribute(attribute: Reader, into: Attributes): void {
  const single = <T>(seen: unknown, read: (values: Reader) => T): T => {
    if (seen !== null) attribute.fail('signed attribute occurs twice');
    const values = attribute.constructed(tag.set);
    const value = read(values);
    values.end();
    return value;
  };
  switch (attribute.oid()) {
    case oids.contentType:
      into.contentType = single(into.contentType, (values) => values.oid());
      break;
    case oids.messageDigest:
      into.messageDigest = single(into.messageDigest, (values) => values.octetString());
      break;
    case oids.signingCertificate:
      into.signingCertificate = single(into.signingCertificate, (values) =>
        readSigningCertificate(values, 'sha1'),
      );
      break;
    case oids.signingCertificateV2:
      into.signingCertificateV2 = single(into.signingCertificateV2, (values) =>
        readSigningCertificate(values, 'sha256'),
      );
      break;
    default:
      attribute.element(tag.set);
  }
  attribute.end();
}

// What can be read before something malformed counts; what follows does not: nothing protects it.
function tolerant(read: () => void): void {
  try {
    read();
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
  }
}

// CertificateValues ::= SEQUENCE OF Certificate (RFC 5126 section 6.3.3)
function readCertificateValues(value: Uint8Array, parts: Parts): void {
  tolerant(() => {
    const list = Reader.over(value, 'ber').constructed(tag.sequence);
    while (list.more()) parts.certificates.push(list.element(tag.sequence));
  });
}

// RevocationValues: crlVals [0], ocspVals [1] (RFC 5126 section 6.3.4)
function readRevocationValues(value: Uint8Array, parts: Parts): void {
  tolerant(() => {
    const values = Reader.over(value, 'ber').constructed(tag.sequence);
    for (const [n, into] of [
      [0, parts.crls],
      [1, parts.ocspResponses],
    ] as const) {
      if (!values.nextIs(tag.context(n))) continue;
      const list = values.constructed(tag.context(n)).constructed(tag.sequence);
      while (list.more()) into.push(list.element(tag.sequence));
    }
  });
}

function readUnsignedAttributes(input: Reader, parts: Parts): void {
  if (!input.nextIs(tag.context(1))) return;
  const attributes = input.constructed(tag.context(1));
  while (attributes.more()) {
    const attribute = attributes.constructed(tag.sequence);
    const type = attribute.oid();
    const values = attribute.constructed(tag.set);
    while (values.more()) {
      const value = values.any();
      if (type === oids.certificateValues) readCertificateValues(value, parts);
      if (type === oids.revocationValues) readRevocationValues(value, parts);
    }
    attribute.end();
  }
}

// OtherRevocationInfoFormat's value for an OCSP response of either kind: the BasicOCSPResponse.
function basicResponse(format: string, value: Uint8Array): Uint8Array | null {
  if (format === oids.ocspBasic) return value;
  if (format !== oids.ocspResponse) return null;
  const response = Reader.over(value, 'ber').constructed(tag.sequence);
  const status = response.primitive(tag.enumerated);
  const bytes = response.constructed(tag.context(0)).constructed(tag.sequence);
  const type = bytes.oid();
  const octets = bytes.primitive(tag.octetString);
  const successful = status.length === 1 && status[0] === 0; // RFC 6960 section 4.2.1
  return successful && type === oids.ocspBasic ? octets : null;
}

function readRevocationInfo(choice: Uint8Array, parts: Parts): void {
  if (choice[0] === tag.sequence) {
    parts.crls.push(choice);
    return;
  }
  tolerant(() => {
    const other = Reader.over(choice, 'ber').constructed(tag.context(1));
    const format = other.oid();
    const response = basicResponse(format, other.any());
    if (response !== null) parts.ocspResponses.push(response);
  });
}

function readCertificatesAndCrls(input: Reader, parts: Parts): void {
  if (input.nextIs(tag.context(0))) {
    const certificates = input.constructed(tag.context(0));
    while (certificates.more()) {
      const isCertificate = certificates.nextIs(tag.sequence);
      const element = certificates.any();
      if (isCertificate) parts.certificates.push(element);
    }
  }
  if (input.nextIs(tag.context(1))) {
    const crls = input.constructed(tag.context(1));
    while (crls.more()) readRevocationInfo(crls.any(), parts);
  }
}

const none = new Uint8Array(0);

function readSignerInfo(input: Reader, parts: Parts): SignerInfo {
  const info = input.constructed(tag.sequence);
  const version = info.smallInteger();
  let issuer = none;
  let serialNumber = none;
  let subjectKeyIdentifier: Uint8Array | null = null;
  if (info.nextIs(tag.contextPrimitive(0))) {
    subjectKeyIdentifier = info.primitive(tag.contextPrimitive(0));
  } else {
    const sid = info.constructed(tag.sequence);
    issuer = sid.element(tag.sequence) as Uint8Array<ArrayBuffer>;
    serialNumber = sid.integer() as Uint8Array<ArrayBuffer>;
    sid.end();
  }
  if (version !== (subjectKeyIdentifier ? 3 : 1)) {
    info.fail('version of SignerInfo does not match how it names the signer');
  }
  const digest = readAlgorithmIdentifier(info);
  if (!info.nextIs(tag.context(0))) info.fail('signed attributes are missing');
  const attributes = info.constructed(tag.context(0));
  // RFC 5652 section 5.3: these are DER even where the rest is BER.
  if (attributes.encoding[1] === 0x80) info.fail('signed attributes have an indefinite length');
  const signed: Attributes = {
    contentType: null,
    messageDigest: null,
    signingCertificate: null,
    signingCertificateV2: null,
  };
  while (attributes.more()) readSignedAttribute(attributes.constructed(tag.sequence), signed);
  const signatureAlgorithm = readAlgorithmIdentifier(info);
  const signature = info.octetString();
  readUnsignedAttributes(info, parts);
  info.end();
  return {
    issuer,
    serialNumber,
    subjectKeyIdentifier,
    digestAlgorithm: digest,
    signedAttributes: attributes.encoding,
    signatureAlgorithm,
    signature,
    ...signed,
  };
}

function readSignedData(input: Reader): Token {
  const data = input.constructed(tag.sequence);
  const version = data.smallInteger();
  if (version < 3 || version > 5) data.fail('version of SignedData is not 3 to 5');
  const algorithms = data.constructed(tag.set);
  while (algorithms.more()) readAlgorithmIdentifier(algorithms);
  const parts: Parts = { certificates: [], crls: [], ocspResponses: [], deviations: [] };
  const encapsulated = data.constructed(tag.sequence);
  const contentType = encapsulated.oid();
  if (contentType !== oids.tstInfo) {
    encapsulated.fail(`signed content is not a TSTInfo but ${contentType}`, 'unsupported');
  }
  const holder = encapsulated.constructed(tag.context(0));
  const content = holder.octetString();
  holder.end();
  encapsulated.end();
  const info = readInner(content, parts);
  readCertificatesAndCrls(data, parts);
  const signers = data.constructed(tag.set);
  data.end();
  const signer = readSignerInfo(signers, parts);
  if (signers.more()) signers.fail('a time-stamp has exactly one signer');
  return { content, info, signer, ...parts };
}

// The TSTInfo; what is wrong in it is malformed, whatever it is.
function readInner(content: Uint8Array, parts: Parts): TstInfo {
  try {
    return readTstInfo(content, parts);
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    throw new Malformed(`TSTInfo: ${thrown.message}`);
  }
}

// Reads one ContentInfo that fills `octets` exactly, in DER or BER. 'unsupported': it is not a
// signed time-stamp.
export function parseToken(octets: Uint8Array): Token {
  const input = Reader.over(octets, 'ber');
  const content = input.constructed(tag.sequence);
  const unsupported: Code = 'unsupported';
  if (content.oid() !== oids.signedData) content.fail('token is not CMS SignedData', unsupported);
  const holder = content.constructed(tag.context(0));
  const token = readSignedData(holder);
  holder.end();
  content.end();
  input.end();
  return token;
}
