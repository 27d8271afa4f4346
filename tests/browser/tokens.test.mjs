// Time-stamps of every make: signature schemes, certificate paths, revocation, forms. Both verifiers must say
// the same of each; what is plain is also said here.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { classOf, comparable, judgeHere, judgeThere } from './both.mjs';
import {
  algorithmId, authorityKey, bits, bool, caConstraints, certificate, context, dsa, ecdsa, eddsa,
  essV1, essV2, evidenceRecord, extendedUse, forCa, forTsa, gtime, hash, implicit, int, issuerSerial, keyUsage, name,
  nul, ocspResponse, octets, oid, printable, pss, revocationList, rsa, seq, set, subjectKey, timeStamping, tlv,
  token,
} from './maker.mjs';

const folder = mkdtempSync(join(tmpdir(), 'perdura-tokens-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;

const document = Buffer.from('a document');
const stamped = '2030-01-01T00:00:00Z';
const at = '2030-02-01T00:00:00Z';
const fresh = { from: '2030-01-02T00:00:00Z', next: '2030-03-01T00:00:00Z' };

// Judges evidence with both verifiers; the class of what they agree on.
// `when` null: as of now.
async function sameOfBoth({ evidence, anchors, crls = [], when = at, revocation }) {
  const write = (octetsOfFile, ending) => {
    const path = join(folder, `${++made}.${ending}`);
    writeFileSync(path, octetsOfFile);
    return path;
  };
  const one = {
    files: [write(evidence, 'ers'), write(document, 'txt')], at: when, revocation,
    trust: anchors.map(({ der }) => write(der, 'cer')), crls: crls.map((crl) => write(crl, 'crl')),
  };
  const here = judgeHere(one);
  assert.deepEqual(comparable(here), comparable(await judgeThere(one)));
  return here;
}

// One token over the document.
const single = (stamp, digest = 'sha256') => evidenceRecord([{ digest, stamps: [{ token: stamp }] }]);

const rootKey = ecdsa('prime256v1', 'sha256', 'root');
const tsaKey = ecdsa('prime256v1', 'sha256', 'tsa');
const otherKey = ecdsa('prime256v1', 'sha256', 'other');
const root = certificate({ subject: 'Root', key: rootKey, serial: 1 });
const tsa = certificate({ subject: 'TSA', key: tsaKey, by: root, extensions: forTsa });
const goodCrl = revocationList({ by: root, ...fresh });
const imprint = hash('sha256', document);

// [name, verdict or null, what is stamped by whom]: `made` yields what sameOfBoth takes.
const cases = [];
const add = (title, verdict, make) => cases.push([title, verdict, make]);
const simple = (more = {}, rest = {}) => ({
  evidence: single(token({ imprint, time: stamped, by: tsa, crls: [goodCrl], ...more })), anchors: [root], ...rest });

// Signature schemes: the authority's key, and the root's.
function schemeCase(key) {
  const ca = certificate({ subject: 'Root', key, serial: 1 });
  const signer = certificate({ subject: 'TSA', key, by: ca, extensions: forTsa });
  return { evidence: single(token({ imprint, time: stamped, by: signer, crls: [revocationList({ by: ca, ...fresh })] })),
           anchors: [ca] };
}
const schemes = {
  'ECDSA P-256, SHA-256': ['PASSED', () => ecdsa()], 'ECDSA P-256, SHA-1': ['INDETERMINATE', () => ecdsa('prime256v1', 'sha1')],
  'ECDSA P-256, SHA-512': ['PASSED', () => ecdsa('prime256v1', 'sha512')], 'ECDSA P-384': ['PASSED', () => ecdsa('secp384r1', 'sha384')],
  'ECDSA P-521': ['PASSED', () => ecdsa('secp521r1', 'sha512')], 'ECDSA P-521, SHA-256': ['PASSED', () => ecdsa('secp521r1', 'sha256')],
  'ECDSA P-224': ['INDETERMINATE', () => ecdsa('secp224r1', 'sha256')], 'ECDSA P-192': ['INDETERMINATE', () => ecdsa('prime192v1', 'sha256')],
  'ECDSA secp256k1': ['PASSED', () => ecdsa('secp256k1', 'sha256')], 'ECDSA brainpoolP256r1': ['PASSED', () => ecdsa('brainpoolP256r1', 'sha256')],
  'ECDSA brainpoolP320r1': ['PASSED', () => ecdsa('brainpoolP320r1', 'sha384')], 'ECDSA brainpoolP384r1': ['PASSED', () => ecdsa('brainpoolP384r1', 'sha384')],
  'ECDSA brainpoolP512r1': ['PASSED', () => ecdsa('brainpoolP512r1', 'sha512')], 'ECDSA brainpoolP256t1': ['PASSED', () => ecdsa('brainpoolP256t1', 'sha256')],
  'RSA 2048, SHA-256': ['INDETERMINATE', () => rsa(2048)], 'RSA 3072, SHA-512': ['INDETERMINATE', () => rsa(3072, 'sha512')],
  'RSA 1024, SHA-1': ['INDETERMINATE', () => rsa(1024, 'sha1')], 'RSA 2048, SHA3-256': ['INDETERMINATE', () => rsa(2048, 'sha3-256')],
  'RSA 2048, RIPEMD-160': ['INDETERMINATE', () => rsa(2048, 'ripemd160')],
  'RSA 2047': ['INDETERMINATE', () => rsa(2047)],
  'PSS 3072, SHA-256': ['PASSED', () => pss(3072, 'sha256', 32)], 'PSS 3072, SHA-512, salt 20': ['PASSED', () => pss(3072, 'sha512', 20)],
  'PSS 3072 without salt': ['PASSED', () => pss(3072, 'sha256', 0)], 'PSS 2048': ['INDETERMINATE', () => pss(2048, 'sha256', 32)],
  'PSS 3073': ['PASSED', () => pss(3073, 'sha256', 32)],
  'PSS with another salt length than stated': ['FAILED', () => pss(3072, 'sha256', 32, 'sha256', 20)],
  'PSS with another mask function than stated': ['FAILED', () => pss(3072, 'sha256', 32, 'sha512')],
  'DSA 1024, SHA-256': ['INDETERMINATE', () => dsa()], 'Ed25519': ['PASSED', () => eddsa('ed25519')], 'Ed448': ['PASSED', () => eddsa('ed448')],
};
for (const [title, [verdict, key]] of Object.entries(schemes)) {
  // RSA is unfit by 2029, unless it is used and judged before.
  add(title, verdict, () => schemeCase(key()));
}

// Signatures.
const flipped = (signature) => Buffer.concat([signature.subarray(0, -1), Buffer.of(signature.at(-1) ^ 1)]);
add('as it should be', 'PASSED', () => simple());
add('by another key', 'FAILED', () => simple({ key: otherKey }));
add('no signature', 'FAILED', () => simple({ signature: Buffer.alloc(0) }));
add('a signature of zeros', 'FAILED', () => simple({ signature: seq(int(0), int(0)) }));
add('a signature that is not DER', 'FAILED', () => simple({ signature: Buffer.from('300702020001020101', 'hex') }));
add('the key algorithm for the signature algorithm', 'PASSED', () => simple({ signatureAlgorithm: algorithmId('1.2.840.10045.2.1', oid('1.2.840.10045.3.1.7')) }));
add('another algorithm than the key is for', 'FAILED', () => simple({ signatureAlgorithm: algorithmId('1.2.840.113549.1.1.11', nul) }));
add('an algorithm that nobody knows', 'INDETERMINATE', () => simple({ signatureAlgorithm: algorithmId('1.2.3.4') }));
add('parameters that do not belong', 'INDETERMINATE', () => simple({ signatureAlgorithm: algorithmId('1.2.840.10045.4.3.2', int(1)) }));
add('PSS without parameters', 'INDETERMINATE', () => simple({ signatureAlgorithm: algorithmId('1.2.840.113549.1.1.10') }));

add('RSA 3072 with SHA-512/256', 'INDETERMINATE', () => {
  const own = certificate({ subject: 'TSA', key: rsa(3072), by: root, extensions: forTsa });
  return simple({ by: own, key: rsa(3072, 'sha512-256') });
});

// A path whose signatures are made otherwise than the token's.
const soon = { time: '2027-01-01T00:00:00Z', when: '2027-02-01T00:00:00Z', from: '2027-01-02T00:00:00Z', next: '2027-03-01T00:00:00Z' };
function mixedCase(key, caKey) {
  const ca = certificate({ subject: 'Root', key: caKey, serial: 1 });
  const signer = certificate({ subject: 'TSA', key, by: ca, extensions: forTsa });
  return { evidence: single(token({ imprint, time: soon.time, by: signer, crls: [revocationList({ by: ca, ...soon })] })),
           anchors: [ca], when: soon.when };
}
for (const [title, key, caKey] of [
  ['RSA with SHA-512 by RSA with SHA-256', () => rsa(3072, 'sha512'), () => rsa(3072)],
  ['RSA with SHA-256 by RSA with SHA-512', () => rsa(3072), () => rsa(4096, 'sha512')],
  ['RSA with SHA-384 by ECDSA', () => rsa(3072, 'sha384'), () => ecdsa()],
  ['ECDSA by RSA with SHA-512', () => ecdsa(), () => rsa(3072, 'sha512')],
  ['PSS by RSA', () => pss(3072, 'sha512', 64), () => rsa(3072)],
  ['Ed25519 by Ed448', () => eddsa('ed25519'), () => eddsa('ed448')],
  ['RSA with SHA-1 by RSA', () => rsa(3072, 'sha1'), () => rsa(3072)],
]) add(title, title.includes('SHA-1 ') ? 'INDETERMINATE' : 'PASSED', () => mixedCase(key(), caKey()));

// Made to take long: both end soon.
const absurdRsa = (modulusBits, exponent) => {
  const n = (1n << BigInt(modulusBits)) - 159n;
  const info = seq(algorithmId('1.2.840.113549.1.1.1', nul), bits(seq(int(n), int(exponent(n)))));
  return { publicInfo: info, algorithm: rsa(2048).algorithm, digest: 'sha256', sign: () => Buffer.alloc(Math.ceil(modulusBits / 8), 0x55) };
};
for (const [title, modulusBits, exponent] of [
  ['RSA of 3072 bits with an exponent as long', 3072, (n) => n - 2n], ['RSA of 16384 bits with an exponent as long', 16384, (n) => n - 2n],
  ['RSA of a million bits', 1 << 20, () => 65537n], ['RSA with the exponent 0', 2048, () => 0n], ['RSA with the exponent 1', 2048, () => 1n],
]) {
  add(title, null, () => mixedCase(absurdRsa(modulusBits, exponent), rsa(3072)));
  add(`a CA with ${title}`, null, () => mixedCase(rsa(3072), absurdRsa(modulusBits, exponent)));
}
add('250 CAs of one name', null, () => {
  const cas = Array.from({ length: 250 }, (_, i) => certificate({ subject: 'CA', serial: i + 2, issuerName: name('CA'),
    key: ecdsa('prime256v1', 'sha256', i % 50), by: { key: ecdsa('prime256v1', 'sha256', (i + 7) % 50), subject: name('CA') } }));
  const signer = certificate({ subject: 'TSA', key: tsaKey, by: cas[3], extensions: forTsa });
  return simple({ by: signer, certificates: [signer, ...cas], crls: [] });
});
add('a serial number of 200,000 octets', null, () => withTsa({ serial: (1n << 1600000n) + 1n }));
add('an object identifier of 60,000 octets', null, () => simple({ signatureAlgorithm:
  seq(tlv(0x06, Buffer.concat([Buffer.of(0x2a), Buffer.alloc(60000, 0xff), Buffer.of(1)]))) }));
add('a policy of 60,000 arcs', null, () => simple({ unsigned: [seq(tlv(0x06, Buffer.alloc(60000, 0x2a)), set(nul))] }));

// Identity of the signer.
const signedBy = (more) => simple(more);
add('signing-certificate alone', 'PASSED', () => signedBy({ ess: [essV1(tsa)] }));
add('both attributes', 'PASSED', () => signedBy({ ess: [essV1(tsa), essV2(tsa, 'sha512')] }));
add('one of both is another certificate', 'FAILED', () => signedBy({ ess: [essV1(tsa), essV2(root)] }));
add('neither attribute', 'FAILED', () => signedBy({ ess: [] }));
add('issuer and serial', 'PASSED', () => signedBy({ ess: [essV2(tsa, 'sha256', issuerSerial(tsa.issuer, tsa.serial))] }));
add('another serial', 'FAILED', () => signedBy({ ess: [essV2(tsa, 'sha256', issuerSerial(tsa.issuer, 6))] }));
add('another issuer', 'FAILED', () => signedBy({ ess: [essV2(tsa, 'sha256', issuerSerial(name('Else'), tsa.serial))] }));
add('a hash function that nobody knows', null, () => signedBy({ ess: [essV2(tsa, 'sha256').subarray(0)].map(() =>
  seq(oid('1.2.840.113549.1.9.16.2.47'), set(seq(seq(seq(algorithmId('1.2.3'), octets(Buffer.alloc(32)))))))) }));
add('signer by key identifier', 'PASSED', () => {
  const named = certificate({ subject: 'TSA', key: tsaKey, by: root, extensions: [...forTsa, subjectKey(Buffer.from('key'))] });
  return simple({ by: named, sid: implicit(0, Buffer.from('key')) });
});
add('signer by a key identifier that is not there', 'INDETERMINATE', () => simple({ sid: implicit(0, Buffer.from('key')) }));
add('no certificate in the token', 'INDETERMINATE', () => simple({ certificates: [] }));
add('the certificate among the anchors', 'PASSED', () => simple({ certificates: [], crls: [] }, { anchors: [tsa] }));
add('a forged certificate of the same name first', 'PASSED', () => {
  const forged = certificate({ subject: 'TSA', key: otherKey, by: { ...root, key: otherKey }, extensions: forTsa });
  return simple({ certificates: [forged, tsa] });
});

// The form of the token.
add('another content type', 'FAILED', () => simple({ contentType: '1.2.840.113549.1.7.1' }));
add('another message digest', 'FAILED', () => simple({ messageDigest: Buffer.alloc(32) }));
add('content that is no TSTInfo', 'INDETERMINATE', () => simple({ eContentType: '1.2.840.113549.1.7.1' }));
add('TSTInfo of version 2', 'INDETERMINATE', () => simple({ info: { version: 2 } }));
add('SignedData of version 1', 'FAILED', () => simple({ version: 1 }));
add('a critical extension', 'INDETERMINATE', () => simple({ info: { tail: [context(1, seq(oid('1.2.3'), bool(true), octets(nul)))] } }));
add('an extension', 'PASSED', () => simple({ info: { tail: [context(1, seq(oid('1.2.3'), octets(nul)))] } }));
add('a fraction of a second', 'PASSED', () => simple({ info: { time: '20300101000000.25Z' } }));
add('a fraction with zeros', 'PASSED', () => simple({ info: { time: '20300101000000.250Z' } }));
add('a fraction of nothing', null, () => simple({ info: { time: '20300101000000.Z' } }));
add('a time without Z', 'FAILED', () => simple({ info: { time: '20300101000000' } }));
add('no accuracy', 'PASSED', () => simple({ info: { accuracy: [] } }));
add('accuracy in three parts', 'PASSED', () => simple({ info: { accuracy: [seq(int(2), implicit(0, Buffer.of(3)), implicit(1, Buffer.of(4)))] } }));
add('accuracy out of range', 'FAILED', () => simple({ info: { accuracy: [seq(implicit(0, Buffer.from([0x03, 0xe8])))] } }));
add('ordering, nonce and name', 'PASSED', () => simple({ info: { tail: [bool(true), int(5), context(0, context(4, name('TSA')))] } }));
add('another name', 'PASSED', () => simple({ info: { tail: [context(0, context(4, name('Else')))] } }));
add('an imprint of another length', 'FAILED', () => simple({ imprint: imprint.subarray(1) }));
add('an imprint of a hash function that nobody knows', null, () => ({ ...simple(), evidence: evidenceRecord([{ digest: 'sha256', stamps: [{
  token: seq(oid('1.2.840.113549.1.7.2'), nul) }] }]) }));
add('a token in BER', 'PASSED', () => {
  const der = token({ imprint, time: stamped, by: tsa, crls: [goodCrl] });
  const body = der.subarray(der[1] === 0x82 ? 4 : 3);
  return { evidence: single(Buffer.concat([Buffer.of(0x30, 0x80), body, Buffer.of(0, 0)])), anchors: [root] };
});
add('a time after the moment that was chosen', 'INDETERMINATE', () => simple({ time: '2030-02-01T00:10:00Z' }));
add('a time in the future', 'FAILED', () => simple({ time: '2059-01-01T00:00:00Z' }, { when: null }));
add('a clock slightly ahead', null, () => simple({ time: '2030-02-01T00:04:00Z' }, { crls: [revocationList({ by: root, from: '2030-02-02T00:00:00Z' })] }));

// The authority's certificate.
const withTsa = (more, rest = {}, tokenMore = {}) => {
  const own = certificate({ subject: 'TSA', key: tsaKey, by: root, extensions: forTsa, ...more });
  return simple({ by: own, ...tokenMore }, rest);
};
const purposes = {
  'usage not critical': [[keyUsage(0x80), extendedUse(false, timeStamping)], 'FAILED'],
  'two usages': [[extendedUse(true, timeStamping, '1.3.6.1.5.5.7.3.1')], 'FAILED'],
  'another usage': [[extendedUse(true, '1.3.6.1.5.5.7.3.1')], 'FAILED'],
  'no usage': [[keyUsage(0x80)], 'FAILED'],
  'no key usage': [[extendedUse(true, timeStamping)], 'PASSED'],
  'non-repudiation': [[keyUsage(0x40), extendedUse(true, timeStamping)], 'PASSED'],
  'key encipherment too': [[keyUsage(0xa0), extendedUse(true, timeStamping)], 'FAILED'],
  'an empty key usage': [[['2.5.29.15', true, tlv(0x03, Buffer.of(0))], extendedUse(true, timeStamping)], null],
  'a malformed key usage': [[['2.5.29.15', true, nul], extendedUse(true, timeStamping)], 'FAILED'],
  'an extension twice': [[keyUsage(0x80), keyUsage(0x80), extendedUse(true, timeStamping)], 'FAILED'],
  'a critical extension that nobody knows': [[...forTsa, ['1.2.3.4', true, nul]], 'FAILED'],
  'an extension that nobody knows': [[...forTsa, ['1.2.3.4', false, nul]], 'PASSED'],
  'a CA that stamps': [[...forTsa, caConstraints()], 'PASSED'],
  'malformed names': [[...forTsa, ['2.5.29.17', false, seq(nul)]], 'FAILED'],
};
for (const [title, [all, verdict]] of Object.entries(purposes)) add(title, verdict, () => withTsa({ extensions: all }));
add('a certificate of version 1', 'FAILED', () => withTsa({ version: 0, extensions: [] }));
add('expired when it stamped', 'FAILED', () => withTsa({ to: '2029-12-31T00:00:00Z' }));
add('not yet valid when it stamped', 'FAILED', () => withTsa({ from: '2030-01-02T00:00:00Z' }));
add('expired when judged', 'INDETERMINATE', () => withTsa({ to: '2030-01-15T00:00:00Z' }));
add('other algorithms inside and outside', null, () => withTsa({ outer: algorithmId('1.2.840.10045.4.3.3') }));

// Paths.
const caKey = ecdsa('prime256v1', 'sha256', 'ca');
function chain({ ca = {}, tsa: own = {}, root: top = {}, anchor = 'root', certificates }) {
  const r = certificate({ subject: 'Root', key: rootKey, serial: 1, ...top });
  const c = certificate({ subject: 'CA', key: caKey, by: r, serial: 2, ...ca });
  const t = certificate({ subject: 'TSA', key: tsaKey, by: c, extensions: forTsa, ...own });
  const all = { root: r, ca: c, tsa: t };
  const crls = [revocationList({ by: r, ...fresh }), revocationList({ by: c, ...fresh })];
  return { evidence: single(token({ imprint, time: stamped, by: t, crls, certificates: certificates?.(all) ?? [t, c] })),
           anchors: [all[anchor]] };
}
const constraints = (permitted, excluded) => ['2.5.29.30', true, seq(
  ...(permitted ? [context(0, ...permitted.map((base) => seq(base)))] : []),
  ...(excluded ? [context(1, ...excluded.map((base) => seq(base)))] : []))];
const mail = (text) => implicit(1, Buffer.from(text));
const dns = (text) => implicit(2, Buffer.from(text));
const names = (...all) => ['2.5.29.17', false, seq(...all)];
const directory = (text) => context(4, name(text));
const paths = {
  'through a CA': [{}, 'PASSED'],
  'the CA is the anchor': [{ anchor: 'ca' }, 'PASSED'],
  'the authority is the anchor': [{ anchor: 'tsa' }, 'PASSED'],
  'the CA is missing': [{ certificates: ({ tsa: t }) => [t] }, 'INDETERMINATE'],
  'the CA is no CA': [{ ca: { extensions: [] } }, 'FAILED'],
  'the CA may not sign certificates': [{ ca: { extensions: [caConstraints(), keyUsage(0x02)] } }, 'FAILED'],
  'the CA says nothing of usage': [{ ca: { extensions: [caConstraints()] } }, 'PASSED'],
  'the CA expired before the stamp': [{ ca: { to: '2029-01-01T00:00:00Z' } }, 'FAILED'],
  'the CA expired after the stamp': [{ ca: { to: '2030-01-20T00:00:00Z' } }, 'INDETERMINATE'],
  'the root expired before the stamp': [{ root: { to: '2029-01-01T00:00:00Z' } }, 'INDETERMINATE'],
  'the root expired after the stamp': [{ root: { to: '2030-01-20T00:00:00Z' } }, null],
  'the root is no CA': [{ root: { extensions: [] } }, 'FAILED'],
  'the root is of version 1': [{ root: { version: 0, extensions: [] } }, 'PASSED'],
  'the root has only key usage': [{ root: { extensions: [keyUsage(0x06)] } }, 'PASSED'],
  'the root may not sign certificates': [{ root: { extensions: [caConstraints(), keyUsage(0x02)] } }, 'FAILED'],
  'a path that is too long': [{ root: { extensions: [caConstraints(0), keyUsage(0x06)] } }, 'FAILED'],
  'a path that is long enough': [{ root: { extensions: [caConstraints(1), keyUsage(0x06)] } }, 'PASSED'],
  'a critical extension of the CA': [{ ca: { extensions: [...forCa, ['1.2.3.4', true, nul]] } }, 'FAILED'],
  'a critical extension of the root': [{ root: { extensions: [...forCa, ['1.2.3.4', true, nul]] } }, 'FAILED'],
  'a length without being a CA': [{ ca: { extensions: [['2.5.29.19', true, seq(int(3))], keyUsage(0x06)] } }, 'FAILED'],
  'key identifiers that match': [{ ca: { extensions: [...forCa, subjectKey(Buffer.from('a'))] },
    tsa: { extensions: [...forTsa, authorityKey(implicit(0, Buffer.from('a')))] } }, 'PASSED'],
  'key identifiers that do not match': [{ ca: { extensions: [...forCa, subjectKey(Buffer.from('a'))] },
    tsa: { extensions: [...forTsa, authorityKey(implicit(0, Buffer.from('b')))] } }, 'FAILED'],
  'issuer and serial that match': [{ tsa: { extensions: [...forTsa, authorityKey(context(1, directory('Root')), implicit(2, Buffer.of(2)))] } }, 'PASSED'],
  'issuer and serial that do not match': [{ tsa: { extensions: [...forTsa, authorityKey(context(1, directory('Root')), implicit(2, Buffer.of(3)))] } }, 'FAILED'],
  'another issuer': [{ tsa: { extensions: [...forTsa, authorityKey(context(1, directory('Else')), implicit(2, Buffer.of(2)))] } }, 'FAILED'],
  'a name in another spelling': [{ ca: { subject: name('The  CA') }, tsa: { issuerName: name(' the ca', printable) } }, 'PASSED'],
  'a name of another': [{ tsa: { issuerName: name('CB') } }, 'INDETERMINATE'],
  'a self-issued certificate between': [{ ca: { subject: 'Root', extensions: [...forCa, authorityKey(implicit(0, Buffer.from('r'))), subjectKey(Buffer.from('c'))] },
    root: { extensions: [caConstraints(0), keyUsage(0x06), subjectKey(Buffer.from('r'))] } }, 'PASSED'],
  'one that does not say which key': [{ ca: { subject: 'Root' } }, 'FAILED'],
  'names that are permitted': [{ ca: { extensions: [...forCa, constraints([context(4, seq())])] } }, 'PASSED'],
  'names that are not permitted': [{ ca: { extensions: [...forCa, constraints([directory('Else')])] } }, 'FAILED'],
  'names that are excluded': [{ root: { extensions: [...forCa, constraints(null, [directory('TSA')])] } }, 'FAILED'],
  'mail that is not permitted': [{ ca: { extensions: [...forCa, constraints([mail('example.org')])] }, tsa: { extensions: [...forTsa, names(mail('a@example.com'))] } }, 'FAILED'],
  'mail that is permitted': [{ ca: { extensions: [...forCa, constraints([mail('example.org')])] }, tsa: { extensions: [...forTsa, names(mail('a@EXAMPLE.org'))] } }, 'PASSED'],
  'a host that is permitted': [{ ca: { extensions: [...forCa, constraints([dns('example.org')])] }, tsa: { extensions: [...forTsa, names(dns('a.example.org'))] } }, 'PASSED'],
  'a host that is not permitted': [{ ca: { extensions: [...forCa, constraints([dns('example.org')])] }, tsa: { extensions: [...forTsa, names(dns('badexample.org'))] } }, 'FAILED'],
  'malformed constraints': [{ ca: { extensions: [...forCa, ['2.5.29.30', true, nul]] } }, 'FAILED'],
};
for (const [title, [how, verdict]] of Object.entries(paths)) add(title, verdict, () => chain(how));

// Revocation.
const withStatus = (more, rest = {}) => simple({ crls: [], ...more }, rest);
const list = (more) => withStatus({ crls: [revocationList({ by: root, ...fresh, ...more })] });
const revokedAt = (when, reason, more = {}) => list({ revoked: [{ serial: tsa.serial, when, reason, ...more }] });
add('no status', 'INDETERMINATE', () => withStatus({}));
add('no status, and that is accepted', 'PASSED', () => withStatus({}, { revocation: 'if-present' }));
add('a list that was given', 'PASSED', () => withStatus({}, { crls: [goodCrl] }));
add('a list of before the stamp', 'INDETERMINATE', () => list({ from: '2029-12-31T00:00:00Z' }));
add('a list that is out of date', 'INDETERMINATE', () => list({ next: '2030-01-20T00:00:00Z' }));
add('a list of after the judging', 'PASSED', () => list({ from: '2030-05-01T00:00:00Z', next: undefined }));
add('a list without an end', 'INDETERMINATE', () => list({ next: undefined }));
add('a list by another key', 'INDETERMINATE', () => list({ key: otherKey }));
add('a list of another', 'INDETERMINATE', () => list({ by: { ...root, subject: name('Else') } }));
add('a list with a critical extension', 'INDETERMINATE', () => list({ extensions: [['1.2.3', true, nul]] }));
add('a delta', 'INDETERMINATE', () => list({ extensions: [['2.5.29.27', false, int(1)]] }));
add('a list that revokes another', 'PASSED', () => list({ revoked: [{ serial: 99, when: '2030-01-01T12:00:00Z' }] }));
for (const reason of [undefined, 0, 1, 2, 3, 4, 5, 6, 8, 9, 10]) {
  add(`revoked after the stamp, reason ${reason}`, null, () => revokedAt('2030-01-01T12:00:00Z', reason));
  add(`revoked before the stamp, reason ${reason}`, null, () => revokedAt('2029-06-01T00:00:00Z', reason));
  add(`revoked after the judging, reason ${reason}`, null, () => withStatus({ crls: [revocationList({ by: root,
    from: '2030-06-01T00:00:00Z', next: '2030-07-01T00:00:00Z', revoked: [{ serial: tsa.serial, when: '2030-05-01T00:00:00Z', reason }] })] }));
}
add('suspected since before', 'FAILED', () => revokedAt('2030-01-20T00:00:00Z', 1, { invalidity: '2029-01-01T00:00:00Z' }));
const point = (...parts) => [['2.5.29.28', true, seq(...parts)]];
add('a list for users', 'PASSED', () => list({ extensions: point(implicit(1, Buffer.of(255))) }));
add('a list for CAs', 'INDETERMINATE', () => list({ extensions: point(implicit(2, Buffer.of(255))) }));
add('a list for some reasons', 'INDETERMINATE', () => list({ extensions: point(implicit(3, Buffer.of(1, 2))) }));
add('an indirect list', 'INDETERMINATE', () => list({ extensions: point(implicit(4, Buffer.of(255))) }));
const uri = (text) => implicit(6, Buffer.from(text));
const atPoint = (text) => context(0, context(0, uri(text)));
add('a list of a point that the certificate names', 'PASSED', () => {
  const named = certificate({ subject: 'TSA', key: tsaKey, by: root, extensions: [...forTsa, ['2.5.29.31', false, seq(seq(atPoint('http://a')), seq(atPoint('http://b')))]] });
  return simple({ by: named, crls: [revocationList({ by: root, ...fresh, extensions: point(atPoint('http://b')) })] });
});
add('a list of another point', 'INDETERMINATE', () => list({ extensions: point(atPoint('http://c')) }));
// Beside a whole list on which nobody stands: a revocation counts wherever the issuer says so.
for (const [title, extensions, verdict] of [
  ['a list for CAs', point(implicit(2, Buffer.of(255))), 'FAILED'],
  ['a list for some reasons', point(implicit(3, Buffer.of(1, 2))), 'FAILED'],
  ['a list of another point', point(atPoint('http://c')), 'FAILED'],
  ['a delta', [['2.5.29.27', true, int(1)]], 'FAILED'],
  ['an indirect list', point(implicit(4, Buffer.of(255))), 'PASSED'],
  ['a list with a critical extension', [['1.2.3', true, nul]], 'PASSED'],
]) {
  add(`revoked by ${title}`, verdict, () => withStatus({ crls: [goodCrl, revocationList({ by: root, ...fresh,
    extensions, revoked: [{ serial: tsa.serial, when: '2030-01-01T12:00:00Z', reason: 1 }] })] }));
}
add('a list of expired certificates too', 'PASSED', () => withTsa({ to: '2030-01-15T00:00:00Z' }, {}, {
  crls: [revocationList({ by: root, ...fresh, extensions: [['2.5.29.60', false, gtime('2029-01-01T00:00:00Z')]] })] }));
add('a list by a root that may not', 'INDETERMINATE', () => {
  const top = certificate({ subject: 'Root', key: rootKey, serial: 1, extensions: [caConstraints(), keyUsage(0x04)] });
  return { ...simple(), anchors: [top] };
});
add('a list signed with SHA-1', 'INDETERMINATE', () => list({ key: ecdsa('prime256v1', 'sha1', 'root') }));
add('a list that is none', 'INDETERMINATE', () => withStatus({ crls: [seq(nul)] }));
add('list values in unsigned attributes', 'PASSED', () => withStatus({ unsigned: [seq(oid('1.2.840.113549.1.9.16.2.24'), set(seq(context(0, seq(goodCrl)))))] }));
add('certificates in unsigned attributes', 'PASSED', () => simple({ certificates: [], unsigned: [seq(oid('1.2.840.113549.1.9.16.2.23'), set(seq(tsa.der)))] }));

// OCSP.
const responderKey = ecdsa('prime256v1', 'sha256', 'responder');
const delegate = (more = {}) => certificate({ subject: 'OCSP', key: responderKey, by: root, serial: 9,
  extensions: [extendedUse(false, '1.3.6.1.5.5.7.3.9')], ...more });
const basic = (answer) => context(1, oid('1.3.6.1.5.5.7.48.1.1'), answer);
const full = (answer) => context(1, oid('1.3.6.1.5.5.7.16.2'), seq(tlv(0x0a, Buffer.of(0)),
  context(0, seq(oid('1.3.6.1.5.5.7.48.1.1'), octets(answer)))));
const ocsp = (more = {}, wrap = basic) => withStatus({ others: [wrap(ocspResponse({ of: tsa, by: root, produced: '2030-01-02T00:00:00Z',
  next: '2030-03-01T00:00:00Z', ...more }))] });
const delegated = (more, rest = {}) => {
  const responder = delegate(more);
  return ocsp({ responder, certificates: [responder], ...rest });
};
add('an answer of the issuer', 'PASSED', () => ocsp());
add('an answer as a whole response', 'PASSED', () => ocsp({}, full));
add('an answer by key', 'PASSED', () => ocsp({ byKey: true }));
add('an answer with SHA-256', 'PASSED', () => ocsp({ digest: 'sha256' }));
add('an answer about another', 'INDETERMINATE', () => ocsp({ of: root }));
add('an answer that does not know', 'INDETERMINATE', () => ocsp({ status: 'unknown' }));
add('an answer that it was revoked', 'FAILED', () => ocsp({ status: { when: '2030-01-01T12:00:00Z', reason: 1 } }));
add('an answer that it was revoked without reason', 'FAILED', () => ocsp({ status: { when: '2030-01-01T12:00:00Z' } }));
add('an answer that it was superseded', 'PASSED', () => ocsp({ status: { when: '2030-01-01T12:00:00Z', reason: 4 } }));
add('an answer without an end', 'INDETERMINATE', () => ocsp({ next: undefined }));
add('an answer by another key', 'INDETERMINATE', () => ocsp({ key: otherKey }));
add('an answer of a delegate', 'PASSED', () => delegated({}));
add('an answer of a delegate by key', 'PASSED', () => delegated({}, { byKey: true }));
add('an answer of a delegate without the task', 'INDETERMINATE', () => delegated({ extensions: [] }));
add('an answer of an expired delegate', 'INDETERMINATE', () => delegated({ to: '2029-01-01T00:00:00Z' }));
add('an answer of the delegate of another', 'INDETERMINATE', () => delegated({ by: { ...root, key: otherKey } }));
add('an answer about expired certificates too', 'PASSED', () => withTsa({ to: '2030-01-15T00:00:00Z' }, {}, { crls: [], others: [basic(
  ocspResponse({ of: tsa, by: root, produced: '2030-01-20T00:00:00Z', next: '2030-03-01T00:00:00Z', cutoff: '2029-01-01T00:00:00Z' }))] }));
add('an answer that is none', 'INDETERMINATE', () => withStatus({ others: [basic(seq(nul))] }));

// Evidence around tokens, and renewals.
const stampOf = (value, time, more = {}) => token({ imprint: value, time, by: tsa, crls: [revocationList({ by: root, from: '2030-01-02T00:00:00Z', next: '2055-01-01T00:00:00Z' })], ...more });
const first = stampOf(imprint, stamped);
const later = '2035-01-01T00:00:00Z';
const renewal = (more = {}, value = hash('sha256', first)) => ({ token: stampOf(value, later,
  { crls: [revocationList({ by: root, from: '2035-01-02T00:00:00Z', next: '2055-01-01T00:00:00Z' })], ...more }) });
const record = (stamps, options, digest = 'sha256') => ({ evidence: evidenceRecord([{ digest, stamps }], options), anchors: [root], when: '2036-01-01T00:00:00Z' });
add('a renewal', 'PASSED', () => record([{ token: first }, renewal()]));
add('a renewal of something else', 'FAILED', () => record([{ token: first }, renewal({}, hash('sha256', 'x'))]));
add('a renewal of before', 'FAILED', () => record([{ token: first }, { token: stampOf(hash('sha256', first), '2029-01-01T00:00:00Z') }]));
add('a renewal a second before', null, () => record([{ token: first }, { token: stampOf(hash('sha256', first), '2029-12-31T23:59:59Z') }]));
add('a renewal in another hash function', 'FAILED', () => record([{ token: first }, { token: stampOf(hash('sha512', first), later, { digest: 'sha512' }), without: true }], { listed: ['sha256', 'sha512'] }));
add('a hash function that is not listed', 'FAILED', () => record([{ token: first }], { listed: ['sha512'] }));
add('a hash function that is not the imprint’s', 'FAILED', () => record([{ token: first }], { listed: ['sha256', 'sha512'] }, 'sha512'));
add('hints', 'PASSED', () => record([{ token: first }], { more: [context(0, seq(oid('1.2.3'), set(nul)))] }));
add('encrypted data', 'PASSED', () => record([{ token: first }], { more: [context(1, oid('1.2.3'), nul)] }));
add('equal values', 'PASSED', () => {
  const value = hash('sha256', Buffer.concat([imprint, imprint]));
  return record([{ token: stampOf(value, stamped), lists: [[imprint, imprint]] }]);
});
add('equal values that were taken once', 'PASSED', () => record([{ token: stampOf(imprint, stamped), lists: [[imprint, imprint]] }]));
add('a single value that was hashed once more', 'PASSED', () => record([{ token: stampOf(hash('sha256', imprint), stamped), lists: [[imprint]] }]));
add('a single value that was hashed twice more', 'FAILED', () => record([{ token: stampOf(hash('sha256', hash('sha256', imprint)), stamped), lists: [[imprint]] }]));
add('a value of another length', 'FAILED', () => record([{ token: stampOf(imprint, stamped), lists: [[imprint], [Buffer.alloc(20)]] }]));
// Hash-tree renewals, from function to function.
function renewedTrees(digests, spoil = (x) => x) {
  const chains = [];
  digests.forEach((digest, i) => {
    const time = `${2030 + i}-01-01T00:00:00Z`;
    const written = seq(...chains.map(({ digest: d, stamps }) => seq(...stamps.map(({ token: t }) => seq(context(0, oid(digestOidOf(d))), t)))));
    const value = i === 0 ? hash(digest, document) : hash(digest, hash(digest, document), hash(digest, spoil(written)));
    chains.push({ digest, stamps: [{ token: stampOf(value, time, { digest,
      crls: [revocationList({ by: root, from: `${2030 + i}-01-02T00:00:00Z`, next: '2055-01-01T00:00:00Z' })] }) }] });
  });
  return { evidence: evidenceRecord(chains), anchors: [root], when: '2036-01-01T00:00:00Z' };
}
const digestOidOf = (digest) => ({ sha256: '2.16.840.1.101.3.4.2.1', sha512: '2.16.840.1.101.3.4.2.3', 'sha3-256': '2.16.840.1.101.3.4.2.8',
                                   'sha3-512': '2.16.840.1.101.3.4.2.10' })[digest];
add('trees renewed with SHA-512', 'PASSED', () => renewedTrees(['sha256', 'sha512']));
add('trees renewed with SHA-512 and SHA3-256', 'PASSED', () => renewedTrees(['sha256', 'sha512', 'sha3-256']));
add('trees renewed with SHA3-512 and back', 'PASSED', () => renewedTrees(['sha3-256', 'sha3-512', 'sha256', 'sha512']));
add('trees renewed over another sequence', 'FAILED', () => renewedTrees(['sha256', 'sha512'], (written) => written.subarray(2)));
add('trees renewed over nothing', 'FAILED', () => renewedTrees(['sha256', 'sha3-256'], () => Buffer.alloc(0)));
add('revoked after it was renewed', 'PASSED', () => record([{ token: first }, renewal({ by: tsa2(), crls: [revocationList({ by: root,
  from: '2035-06-01T00:00:00Z', next: '2055-01-01T00:00:00Z', revoked: [{ serial: tsa.serial, when: '2035-05-01T00:00:00Z', reason: 1 }] })] })]));
add('revoked before it was renewed', 'FAILED', () => record([{ token: first }, renewal({ by: tsa2(), crls: [revocationList({ by: root,
  from: '2035-06-01T00:00:00Z', next: '2055-01-01T00:00:00Z', revoked: [{ serial: tsa.serial, when: '2033-05-01T00:00:00Z', reason: 1 }] })] })]));
const tsa2 = () => certificate({ subject: 'TSA 2', key: otherKey, by: root, extensions: forTsa, serial: 6 });
add('SHA-1, renewed before it grew weak', null, () => old('2011-01-01T00:00:00Z'));
add('SHA-1, renewed too late', 'INDETERMINATE', () => old('2013-01-01T00:00:00Z'));
function old(renewed) {
  const early = { from: '2005-01-01T00:00:00Z' };
  const top = certificate({ subject: 'Root', key: rootKey, serial: 1, ...early });
  const own = certificate({ subject: 'TSA', key: tsaKey, by: top, extensions: forTsa, ...early });
  const crls = (from) => [revocationList({ by: top, from, next: '2055-01-01T00:00:00Z' })];
  const one = token({ imprint: hash('sha1', document), digest: 'sha1', time: '2010-01-01T00:00:00Z', by: own, crls: crls('2010-02-01T00:00:00Z') });
  const two = token({ imprint: hash('sha1', one), digest: 'sha1', time: renewed, by: own, crls: crls('2014-02-01T00:00:00Z') });
  const chains = [{ digest: 'sha1', stamps: [{ token: one }, { token: two }] }];
  const sequence = seq(seq(...[{ token: one }, { token: two }].map(({ token: t }) => seq(context(0, oid('1.3.14.3.2.26')), t))));
  const leaf = hash('sha256', hash('sha256', document), hash('sha256', sequence));
  chains.push({ digest: 'sha256', stamps: [{ token: token({ imprint: leaf, time: '2012-01-01T00:00:00Z' > renewed ? '2012-01-01T00:00:00Z' : '2014-01-01T00:00:00Z', by: own, crls: crls('2014-02-01T00:00:00Z') }) }] });
  return { evidence: evidenceRecord(chains), anchors: [top], when: '2015-01-01T00:00:00Z' };
}

for (const [title, verdict, make] of cases) {
  test(title, async () => {
    const here = await sameOfBoth(make());
    if (verdict !== null) assert.equal(classOf(here), verdict, JSON.stringify(here));
  });
}
