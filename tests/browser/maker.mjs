// Makes certificates, revocation data, time-stamp tokens and evidence records, right or wrong as asked, by
// node's own cryptography. Times are texts as in 2030-01-01T00:00:00Z.
import { createHash, generateKeyPairSync, sign, constants } from 'node:crypto';

// DER: each yields the octets of one element.
export function tlv(tag, ...parts) {
  const contents = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = contents.length;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), contents]);
  const hex = length.toString(16);
  const octets = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | octets.length), octets, contents]);
}
export const seq = (...parts) => tlv(0x30, ...parts);
export const set = (...parts) => tlv(0x31, ...parts.sort(Buffer.compare));
export const octets = (...parts) => tlv(0x04, ...parts);
export const bits = (...parts) => tlv(0x03, Buffer.of(0), ...parts);
export const bool = (value) => tlv(0x01, Buffer.of(value ? 0xff : 0));
export const nul = tlv(0x05);
export const context = (n, ...parts) => tlv(0xa0 | n, ...parts);
export const implicit = (n, ...parts) => tlv(0x80 | n, ...parts);
export const retag = (tag, element) => Buffer.concat([Buffer.of(tag), element.subarray(1)]);
export function int(value) {
  let hex = BigInt(value).toString(16);
  if (hex.length % 2) hex = `0${hex}`;
  if (parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
  return tlv(0x02, Buffer.from(hex, 'hex'));
}
export function oid(text) {
  const [first, second, ...rest] = text.split('.').map(Number);
  const out = [];
  for (const number of [first * 40 + second, ...rest]) {
    const group = [number & 0x7f];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) {
      group.unshift(0x80 | (left & 0x7f));
    }
    out.push(...group);
  }
  return tlv(0x06, Buffer.from(out));
}
const digits = (time) => time.replace(/[-:T]/g, '');
export const gtime = (time) => tlv(0x18, Buffer.from(digits(time)));
export const anyTime = (time) =>
  (time >= '2050' || time < '1950' ? gtime(time) : tlv(0x17, Buffer.from(digits(time).slice(2))));
export const utf8 = (text) => tlv(0x0c, Buffer.from(text));
export const printable = (text) => tlv(0x13, Buffer.from(text));
export const name = (common, text = utf8) => seq(set(seq(oid('2.5.4.3'), text(common))));

// Hash functions and signature schemes.
export const digestOids = {
  sha1: '1.3.14.3.2.26', ripemd160: '1.3.36.3.2.1', sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3',
  'sha512-256': '2.16.840.1.101.3.4.2.6', 'sha3-256': '2.16.840.1.101.3.4.2.8',
  'sha3-384': '2.16.840.1.101.3.4.2.9', 'sha3-512': '2.16.840.1.101.3.4.2.10',
};
const rsaOids = {
  sha1: '1.2.840.113549.1.1.5', ripemd160: '1.3.36.3.3.1.2', sha224: '1.2.840.113549.1.1.14',
  sha256: '1.2.840.113549.1.1.11', sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13',
  'sha512-256': '1.2.840.113549.1.1.16', 'sha3-256': '2.16.840.1.101.3.4.3.14', 'sha3-512': '2.16.840.1.101.3.4.3.16',
};
const ecdsaOids = {
  sha1: '1.2.840.10045.4.1', sha224: '1.2.840.10045.4.3.1', sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4', 'sha3-256': '2.16.840.1.101.3.4.3.10',
};
const dsaOids = { sha1: '1.2.840.10040.4.3', sha224: '2.16.840.1.101.3.4.3.1', sha256: '2.16.840.1.101.3.4.3.2' };

export const hash = (algorithm, ...parts) =>
  parts.reduce((h, part) => h.update(part), createHash(algorithm)).digest();
export const algorithmId = (id, ...parameters) => seq(oid(id), ...parameters);
export const digestId = (algorithm) => algorithmId(digestOids[algorithm]);

const pairs = new Map();
function pairOf(kind, options) {
  const key = kind + JSON.stringify(options);
  if (!pairs.has(key)) pairs.set(key, generateKeyPairSync(kind, options));
  return pairs.get(key);
}

// A key with a way to sign: { publicInfo, algorithm (AlgorithmIdentifier), sign(message), digest }. `which`
// tells keys of one kind apart.
const scheme = (pair, digest, algorithm, how) => ({
  pair, digest, algorithm, publicInfo: pair.publicKey.export({ type: 'spki', format: 'der' }),
  sign: (message) => sign(how.plain ? null : digest, message, { key: pair.privateKey, ...how }),
});
export const rsa = (bitsOfKey, digest = 'sha256', which = 0) => scheme(
  pairOf('rsa', { modulusLength: bitsOfKey, which }), digest, algorithmId(rsaOids[digest], nul), {});
export const ecdsa = (curve = 'prime256v1', digest = 'sha256', which = 0) => scheme(
  pairOf('ec', { namedCurve: curve, which }), digest, algorithmId(ecdsaOids[digest]), { dsaEncoding: 'der' });
export const dsa = (digest = 'sha256') => scheme(
  pairOf('dsa', { modulusLength: 1024, divisorLength: 160 }), digest, algorithmId(dsaOids[digest]),
  { dsaEncoding: 'der' });
export const eddsa = (curve) => scheme(pairOf(curve, {}), 'sha512',
  algorithmId(curve === 'ed25519' ? '1.3.101.112' : '1.3.101.113'), { plain: true });
export function pss(bitsOfKey, digest, saltLength, maskDigest = digest, stated = saltLength) {
  const parameters = seq(context(0, digestId(digest)),
    context(1, algorithmId('1.2.840.113549.1.1.8', digestId(maskDigest))), context(2, int(stated)));
  return scheme(pairOf('rsa', { modulusLength: bitsOfKey, which: 0 }), digest,
    algorithmId('1.2.840.113549.1.1.10', parameters),
    { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
}

// Extensions: [oid, critical, value].
export const keyUsage = (octet, critical = true) => ['2.5.29.15', critical, tlv(0x03, Buffer.of(0, octet))];
export const caConstraints = (pathLength) => ['2.5.29.19', true,
  seq(bool(true), ...(pathLength === undefined ? [] : [int(pathLength)]))];
export const extendedUse = (critical, ...uses) => ['2.5.29.37', critical, seq(...uses.map(oid))];
export const timeStamping = '1.3.6.1.5.5.7.3.8';
export const subjectKey = (id) => ['2.5.29.14', false, octets(id)];
export const authorityKey = (...parts) => ['2.5.29.35', false, seq(...parts)];
const extensions = (all) => seq(...all.map(([id, critical, value]) =>
  seq(oid(id), ...(critical ? [bool(true)] : []), octets(value))));

export const forCa = [caConstraints(), keyUsage(0x06)];
export const forTsa = [keyUsage(0x80), extendedUse(true, timeStamping)];

const signed = (tbs, by, algorithm = by.algorithm) => seq(tbs, algorithm, bits(by.sign(tbs)));

// A certificate: { der, subject, issuer, serial, key, name }. Self-signed without `by`.
export function certificate({ subject, key, by, from = '2025-01-01T00:00:00Z', to = '2060-01-01T00:00:00Z',
                              serial = 5, extensions: all = forCa, version = 2, outer, issuerName }) {
  const subjectName = Buffer.isBuffer(subject) ? subject : name(subject);
  const signer = by?.key ?? key;
  const issuer = issuerName ?? by?.subject ?? subjectName;
  const tbs = seq(...(version ? [context(0, int(version))] : []), int(serial), signer.algorithm, issuer,
    seq(anyTime(from), anyTime(to)), subjectName, key.publicInfo,
    ...(all.length ? [context(3, extensions(all))] : []));
  return { der: signed(tbs, signer, outer), subject: subjectName, issuer, serial, key };
}

// A CertificateList. `revoked`: [{ serial, when, reason, invalidity }]
export function revocationList({ by, from, next, revoked = [], extensions: all = [], key = by.key }) {
  const entries = revoked.map(({ serial, when, reason, invalidity }) => seq(int(serial), anyTime(when),
    ...(reason === undefined && invalidity === undefined ? [] : [extensions([
      ...(reason === undefined ? [] : [['2.5.29.21', false, tlv(0x0a, Buffer.of(reason))]]),
      ...(invalidity === undefined ? [] : [['2.5.29.24', false, gtime(invalidity)]])])])));
  return signed(seq(int(1), key.algorithm, by.subject, anyTime(from), ...(next ? [anyTime(next)] : []),
    ...(entries.length ? [seq(...entries)] : []), ...(all.length ? [context(0, extensions(all))] : [])), key);
}

// A BasicOCSPResponse about `of`, which `by` issued. `status`: good, unknown, or { when, reason }
export function ocspResponse({ of, by, responder = by, produced, from = produced, next, status = 'good',
                               digest = 'sha1', byKey = false, certificates = [], cutoff, key = responder.key }) {
  const keyBits = (info) => info.subarray(info.length - spkiBits(info));
  const id = seq(digestId(digest), octets(hash(digest, of.issuer)), octets(hash(digest, keyBits(by.key.publicInfo))),
                 int(of.serial));
  const answer = status === 'good' ? implicit(0) : status === 'unknown' ? implicit(2)
    : context(1, gtime(status.when), ...(status.reason === undefined ? [] : [context(0, tlv(0x0a, Buffer.of(status.reason)))]));
  const single = seq(id, answer, gtime(from), ...(next ? [context(0, gtime(next))] : []),
    ...(cutoff ? [context(1, extensions([['1.3.6.1.5.5.7.48.1.6', false, gtime(cutoff)]]))] : []));
  const who = byKey ? context(2, octets(hash('sha1', keyBits(responder.key.publicInfo)))) : context(1, responder.subject);
  const data = seq(who, gtime(produced), seq(single));
  return seq(data, key.algorithm, bits(key.sign(data)),
             ...(certificates.length ? [context(0, seq(...certificates.map(({ der }) => der)))] : []));
}
// How many octets the BIT STRING at the end of a SubjectPublicKeyInfo has.
function spkiBits(info) {
  const read = (at) => {
    const first = info[at + 1];
    if (first < 0x80) return { body: at + 2, length: first };
    const count = first & 0x7f;
    return { body: at + 2 + count, length: parseInt(info.subarray(at + 2, at + 2 + count).toString('hex'), 16) };
  };
  const outer = read(0);
  const algorithm = read(outer.body);
  return read(algorithm.body + algorithm.length).length - 1;
}

const ids = {
  signedData: '1.2.840.113549.1.7.2', tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3', messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12', signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
};
const attribute = (id, ...values) => seq(oid(id), set(...values));
export const essV1 = (cert, ...more) =>
  attribute(ids.signingCertificate, seq(seq(seq(octets(hash('sha1', cert.der)), ...more))));
export const essV2 = (cert, digest = 'sha256', ...more) => attribute(ids.signingCertificateV2,
  seq(seq(seq(...(digest === 'sha256' ? [] : [digestId(digest)]), octets(hash(digest, cert.der)), ...more))));
export const issuerSerial = (issuer, serial) => seq(seq(context(4, issuer)), int(serial));

// A time-stamp token (ContentInfo) over a hash value.
export function token({ imprint, digest = 'sha256', time, by, key = by.key, certificates = [by], crls = [], others = [],
                        ess = [essV2(by)], info = {}, sid, unsigned = [], messageDigest, contentType = ids.tstInfo,
                        signatureAlgorithm = key.algorithm, signature, eContentType = ids.tstInfo, version = 3 }) {
  const tst = seq(int(info.version ?? 1), oid('1.2.3.4'), seq(digestId(digest), octets(imprint)), int(77),
    tlv(0x18, Buffer.from(info.time ?? digits(time))), ...(info.accuracy ?? [seq(int(1))]), ...(info.tail ?? []));
  const cmsDigest = key.digest;
  const attributes = set(attribute(ids.contentType, oid(contentType)),
    attribute(ids.messageDigest, octets(messageDigest ?? hash(cmsDigest, tst))), ...ess);
  const signer = seq(int(sid ? 3 : 1), sid ?? seq(by.issuer, int(by.serial)), digestId(cmsDigest),
    retag(0xa0, attributes), signatureAlgorithm, octets(signature ?? key.sign(attributes)),
    ...(unsigned.length ? [retag(0xa1, set(...unsigned))] : []));
  const revocation = [...crls, ...others];
  return seq(oid(ids.signedData), context(0, seq(int(version), set(digestId(cmsDigest)),
    seq(oid(eContentType), context(0, octets(tst))),
    ...(certificates.length ? [context(0, ...certificates.map(({ der }) => der))] : []),
    ...(revocation.length ? [context(1, ...revocation)] : []), set(signer))));
}

// An EvidenceRecord of chains, each { digest, stamps: [{ token, lists, without }] }.
export function evidenceRecord(chains, { listed, more = [] } = {}) {
  const digests = listed ?? [...new Set(chains.map(({ digest }) => digest))];
  const stamp = (digest, { token: stamped, lists, without }) => seq(
    ...(without ? [] : [context(0, oid(digestOids[digest]))]),
    ...(lists ? [context(2, ...lists.map((list) => seq(...list.map((value) => octets(value)))))] : []), stamped);
  return seq(int(1), seq(...digests.map(digestId)), ...more,
    seq(...chains.map(({ digest, stamps }) => seq(...stamps.map((one) => stamp(digest, one))))));
}
