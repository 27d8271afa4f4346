// Judges time-stamp tokens (RFC 3161 section 2.2, RFC 5816), and the certificate path and its status,
// as of a reference time T at which the token is known to have existed: the genTime of the
// time-stamp that covers it, or the moment of judging for the newest.

import { equal, toHex } from './bytes.js';
import type { Certificate } from './certificate.js';
import { Malformed, Reader, tag } from './der.js';
import { digestSize, hash } from './digest.js';
import {
  poolMax,
  readInto,
  type JudgedToken,
  type JudgeOptions,
  type Trust,
} from './judged_token.js';
import { findPath, judgePurpose, type PathResult } from './path.js';
import { endOfDigest, type End } from './policy.js';
import { checkSignature, type SignatureCheck } from './signature.js';
import { judgeStatus, type Question } from './status.js';
import { readStatus, type StatusSource } from './status_data.js';
import { timeText, type Time } from './time.js';
import {
  digestAlgorithm,
  oids,
  type SignerInfo,
  type SigningCertificate,
  type Token,
  type TstInfo,
} from './token.js';
import { failed, passed, report, undecided, warned, type Finding, type Report } from './verdict.js';

// How far ahead of the clock of whoever judges an authority's clock may be.
const clockToleranceSeconds = 300;
const statusSourcesMax = 512;

// Adds an INDETERMINATE finding when `end` had come, at `made` already or by `reference`. Whether it
// added none.
export function judgeFitness(
  end: End,
  algorithm: string,
  made: Time,
  reference: Time,
  into: Report,
): boolean {
  const isTime = typeof end === 'number';
  if (end === null || (isTime && made < end && reference < end)) return true;
  const until = isTime ? `fit until ${timeText(end)}` : end;
  const more = {
    detail: `${algorithm}: ${until}, used ${timeText(made)}, relied on until ${timeText(reference)}`,
    rule: 'RFC 5698 section 6, RFC 4998 section 5.3',
  };
  if (isTime && made < end) {
    into.findings.push(
      undecided(
        'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
        'An algorithm grew too weak before a later time-stamp covered what it protects.',
        more,
      ),
    );
    return false;
  }
  const what =
    end === 'unknown'
      ? 'The policy on algorithms does not say whether an algorithm that was used is fit.'
      : 'An algorithm was already too weak when it was used.';
  into.findings.push(undecided('CRYPTO_CONSTRAINTS_FAILURE', what, more));
  return false;
}

const bitsText = (signature: SignatureCheck): string =>
  `${signature.scheme} with ${signature.keyBits} bits`;

// The checks of one token, in the order of RFC 3161 section 2.2.
class TokenChecks {
  private readonly report: Report = report('time-stamp');
  private readonly info: TstInfo;
  private readonly signer: SignerInfo;
  private readonly reference: Time;
  private readonly pool: Certificate[] = [];
  private certificate: Certificate | null = null;
  private identified = false;

  constructor(
    private readonly judged: JudgedToken,
    private readonly token: Token,
    private readonly trust: Trust,
    private readonly options: JudgeOptions,
  ) {
    this.info = token.info;
    this.signer = token.signer;
    // A stamp slightly ahead of the clock is judged as of its own time.
    this.reference = Math.max(judged.reference, token.info.genTime);
  }

  run(): Report {
    this.gatherPool();
    this.findSigner();
    this.sayWhatItStates();
    this.checkForm();
    this.checkAttributes();
    if (this.certificate === null) {
      this.add(
        undecided(
          'NO_CERTIFICATE_CHAIN_FOUND',
          'The certificate of whoever signed the time-stamp is not at hand.',
          { detail: 'neither in the time-stamp nor given', rule: 'RFC 3161 section 2.4.1' },
        ),
      );
      return this.report;
    }
    this.checkIdentity(this.certificate);
    const signature = this.checkSigned(this.certificate);
    this.checkCertificate(this.certificate);
    this.checkAlgorithms(signature);
    this.checkPath(this.certificate);
    return this.report;
  }

  private add(finding: Finding): void {
    this.report.findings.push(finding);
  }

  private gatherPool(): void {
    readInto(this.pool, this.token.certificates.slice(0, poolMax));
    this.pool.push(...this.trust.extras);
    for (
      let { later } = this.judged;
      later !== null && this.pool.length < poolMax;
      { later } = later
    ) {
      if (later.token !== null) readInto(this.pool, later.token.certificates);
    }
  }

  // RFC 5652 section 5.3: by issuer and serial number, or by key identifier.
  private isNamedSigner(certificate: Certificate): boolean {
    const { subjectKeyIdentifier, serialNumber, issuer } = this.signer;
    if (subjectKeyIdentifier !== null) {
      return (
        certificate.subjectKeyIdentifier !== null &&
        equal(subjectKeyIdentifier, certificate.subjectKeyIdentifier)
      );
    }
    return equal(serialNumber, certificate.serialNumber) && equal(issuer, certificate.issuer);
  }

  private isIdentified(certificate: Certificate): boolean {
    const named = [this.signer.signingCertificate, this.signer.signingCertificateV2].filter(
      (one) => one !== null,
    );
    return named.length > 0 && named.every((one) => matches(one, certificate));
  }

  private findSigner(): void {
    for (const candidate of [...this.pool, ...this.trust.anchors]) {
      if (!this.isNamedSigner(candidate)) continue;
      const identified = this.isIdentified(candidate);
      if (this.certificate !== null && (this.identified || !identified)) continue;
      this.certificate = candidate;
      this.identified = identified;
    }
  }

  private sayWhatItStates(): void {
    const { info } = this;
    const accuracy =
      info.accuracyMicros === null ? '' : `, accuracy ${Number(info.accuracyMicros) / 1e6} s`;
    this.add(
      passed('The time-stamp says that what it covers existed at {0}; it is signed by {1}.', {
        args: [timeText(info.genTime), this.certificate?.text ?? 'an unknown signer'],
        detail:
          `policy ${info.policy}, serial number ${toHex(info.serialNumber)}, imprint ` +
          `${info.imprintAlgorithm.oid} ${toHex(info.hashedMessage)}${accuracy}`,
        rule: 'RFC 3161 section 2.4.2',
      }),
    );
  }

  // What RFC 3161 section 2.4.2 asks of the TSTInfo itself.
  private checkForm(): void {
    const rule = 'RFC 3161 section 2.4.2';
    const { info, judged } = this;
    const unknown = (...[what, detail]: [Parameters<typeof undecided>[1], string]): void =>
      this.add(undecided('UNSUPPORTED_ALGORITHM', what, { detail, rule }));
    if (info.version !== 1) {
      unknown(
        'The time-stamp is of a version that this program does not know.',
        `TSTInfo version ${info.version}`,
      );
    }
    const algorithm = digestAlgorithm(info.imprintAlgorithm);
    if (algorithm === null) {
      unknown(
        'The time-stamp uses a hash function that this program does not know.',
        info.imprintAlgorithm.oid,
      );
    } else if (info.hashedMessage.length !== digestSize(algorithm)) {
      this.add(
        failed(
          'FORMAT_FAILURE',
          'The hash value in the time-stamp does not have the length of its hash function.',
          { detail: `${info.hashedMessage.length} octets`, rule },
        ),
      );
    }
    for (const oid of info.criticalExtensions) {
      unknown(
        'The time-stamp has a condition attached that this program does not know.',
        `critical extension ${oid}`,
      );
    }
    for (const detail of this.token.deviations) {
      this.add(
        warned('The time-stamp is not written quite as its standard asks.', { detail, rule }),
      );
    }
    if (judged.later === null && info.genTime - judged.reference > clockToleranceSeconds) {
      this.add(
        failed('NOT_YET_VALID', 'The time-stamp is dated after the moment of judging.', {
          detail: `${timeText(info.genTime)} is after ${timeText(judged.reference)}`,
          rule,
        }),
      );
    }
  }

  // RFC 5652 sections 11.1, 11.2: the signed attributes are about this content.
  private checkAttributes(): void {
    const rule = 'RFC 5652 sections 11.1 and 11.2';
    if (this.signer.contentType !== oids.tstInfo) {
      this.add(
        failed('FORMAT_FAILURE', 'What was signed is not marked as a time-stamp.', {
          detail: 'content-type attribute',
          rule,
        }),
      );
    }
    const algorithm = digestAlgorithm(this.signer.digestAlgorithm);
    if (algorithm === null) {
      this.add(
        undecided(
          'UNSUPPORTED_ALGORITHM',
          'The time-stamp uses a hash function that this program does not know.',
          { detail: this.signer.digestAlgorithm.oid, rule },
        ),
      );
      return;
    }
    const { messageDigest } = this.signer;
    if (messageDigest === null || !equal(messageDigest, hash(algorithm, this.token.content))) {
      this.add(
        failed('HASH_FAILURE', 'The contents of the time-stamp were altered after it was signed.', {
          detail: 'message-digest attribute',
          rule,
        }),
      );
    }
  }

  // RFC 5816 section 2.2.1: the signed attributes name the certificate by its hash.
  private checkIdentity(certificate: Certificate): void {
    const rule = 'RFC 5816 section 2.2.1, RFC 5035 section 4';
    const { signingCertificate: v1, signingCertificateV2: v2 } = this.signer;
    if (v1 === null && v2 === null) {
      this.add(
        failed(
          'CERTIFICATE_FAILURE',
          'The time-stamp does not say with which certificate it was signed.',
          { detail: 'neither signing-certificate nor signing-certificate-v2', rule },
        ),
      );
    } else if (v2 !== null && v2.algorithm === null) {
      this.add(
        undecided(
          'UNSUPPORTED_ALGORITHM',
          "The time-stamp names its certificate in a way that this program can't read.",
          { detail: v2.algorithmOid, rule },
        ),
      );
    } else if (!this.identified) {
      this.add(
        failed(
          'CERTIFICATE_FAILURE',
          'The time-stamp was signed with another certificate than the one that it names.',
          { detail: certificate.text, rule },
        ),
      );
    } else {
      this.add(
        passed('The time-stamp names the certificate with which it was signed.', {
          detail: v2 ? 'signing-certificate-v2' : 'signing-certificate (SHA-1)',
          rule,
        }),
      );
    }
  }

  // RFC 5652 section 5.4: the signature is over the attributes as a SET OF, tag 31 in place of A0.
  private checkSigned(certificate: Certificate): SignatureCheck {
    const message = this.signer.signedAttributes.slice();
    message[0] = tag.set;
    const signature = checkSignature(
      this.signer.signatureAlgorithm,
      digestAlgorithm(this.signer.digestAlgorithm),
      certificate.key,
      message,
      this.signer.signature,
    );
    const more = { detail: signature.detail, rule: 'RFC 5652 section 5.4' };
    switch (signature.outcome) {
      case 'valid':
        this.add(passed('The signature of the time-stamp is right.', more));
        break;
      case 'invalid':
        this.add(
          failed(
            'SIG_CRYPTO_FAILURE',
            'The signature of the time-stamp is wrong: it was altered, or is a forgery.',
            more,
          ),
        );
        break;
      case 'unsupported':
        this.add(
          undecided(
            'UNSUPPORTED_ALGORITHM',
            'The time-stamp is signed in a way that this program cannot check.',
            more,
          ),
        );
    }
    return signature;
  }

  private checkCertificate(certificate: Certificate): void {
    this.add(judgePurpose(certificate));
    const { genTime, tsa } = this.info;
    if (!certificate.validAt(genTime)) {
      this.add(
        failed(
          'NOT_YET_VALID',
          'The time-stamp is dated outside the validity of the certificate that signed it.',
          {
            detail: `valid from ${timeText(certificate.notBefore)} to ${timeText(certificate.notAfter)}`,
            rule: 'RFC 3161 section 2.2',
          },
        ),
      );
    }
    // The explicit [4] of a GeneralName that is a directoryName holds the Name.
    if (tsa?.[0] !== tag.context(4)) return;
    const named =
      tsa.length > certificate.subject.length &&
      equal(tsa.subarray(tsa.length - certificate.subject.length), certificate.subject);
    if (!named) {
      this.add(
        warned("The authority's name in the time-stamp is not quite that in its certificate.", {
          detail: certificate.text,
          rule: 'RFC 3161 section 2.4.2',
        }),
      );
    }
  }

  private checkAlgorithms(signature: SignatureCheck): void {
    const made = this.info.genTime;
    let fit = true;
    const used = new Set([
      digestAlgorithm(this.info.imprintAlgorithm),
      digestAlgorithm(this.signer.digestAlgorithm),
      signature.digest,
    ]);
    for (const algorithm of used) {
      if (algorithm === null) continue;
      fit =
        judgeFitness(endOfDigest(algorithm), algorithm, made, this.reference, this.report) && fit;
    }
    if (signature.outcome !== 'unsupported') {
      fit =
        judgeFitness(signature.end, bitsText(signature), made, this.reference, this.report) && fit;
    }
    if (fit) {
      this.add(
        passed('The algorithms of the time-stamp were fit for as long as they were relied on.', {
          detail: `${signature.detail}, until ${timeText(this.reference)}`,
          rule: 'RFC 5698 section 6',
        }),
      );
    }
  }

  private checkPath(certificate: Certificate): void {
    if (this.trust.anchors.length === 0) {
      this.add(
        undecided(
          'NO_TRUST_ANCHOR',
          'You have not said whose time-stamps you trust, so this one proves nothing yet.',
          { detail: 'no trust anchor was given', rule: 'RFC 5280 section 6.1.1 (d)' },
        ),
      );
      return;
    }
    const found = findPath(certificate, this.pool, this.trust.anchors, this.info.genTime);
    this.add(found.finding);
    if (found.path.length === 1) {
      this.add(
        warned(
          'The certificate that signed the time-stamp is itself one that you trust; whether it expired or was revoked since was not asked.',
          { detail: certificate.text, rule: 'RFC 5280 section 6.1.1 (d)' },
        ),
      );
    }
    const sources = this.sources();
    for (let i = 0; i + 1 < found.path.length; ++i) this.checkStatus(found, i, sources);
  }

  // One certificate of the path that is not the anchor: how it was signed, and its revocation.
  private checkStatus(found: PathResult, i: number, sources: StatusSource[]): void {
    const certificate = found.path[i]!;
    const part = report('certificate {0}', certificate.text);
    const signature = found.signatures[i]!;
    // A certificate may be older than the stamp; what matters is T.
    const made = Math.min(certificate.notBefore, this.info.genTime);
    if (signature.digest !== null) {
      judgeFitness(endOfDigest(signature.digest), signature.digest, made, this.reference, part);
    }
    judgeFitness(signature.end, bitsText(signature), made, this.reference, part);
    const question: Question = {
      certificate,
      issuer: found.path[i + 1]!,
      genTime: this.info.genTime,
      reference: this.reference,
      covered: this.judged.later !== null,
      required: this.options.revocationRequired,
    };
    const notes: string[] = [];
    part.findings.push(judgeStatus(question, readStatus(question, sources, notes), notes));
    this.report.parts.push(part);
  }

  // Status information of this token, of those that cover it, and what was given.
  private sources(): StatusSource[] {
    const sources: StatusSource[] = [];
    const take = (all: Uint8Array[], ocsp: boolean, proven: Time, from: string): void => {
      for (const octets of all) sources.push({ octets, ocsp, proven, from });
    };
    // First, so that no evidence can crowd it out.
    take(this.options.extraCrls, false, this.options.at, 'that you gave');
    take(this.token.crls, false, this.reference, 'in the time-stamp');
    take(this.token.ocspResponses, true, this.reference, 'in the time-stamp');
    for (let { later } = this.judged; later !== null; { later } = later) {
      take(later.token?.crls ?? [], false, later.reference, 'in a later time-stamp');
      take(later.token?.ocspResponses ?? [], true, later.reference, 'in a later time-stamp');
    }
    return sources.slice(0, statusSourcesMax);
  }
}

// RFC 5035 section 4: the hash of the whole certificate, and issuer and serial when they are there.
function matches(named: SigningCertificate, certificate: Certificate): boolean {
  if (named.algorithm === null) return true; // said by checkIdentity
  if (!equal(hash(named.algorithm, certificate.octets), named.hash)) return false;
  if (named.issuerSerial === null) return true;
  try {
    const both = Reader.over(named.issuerSerial, 'ber').constructed(tag.sequence);
    const names = both.constructed(tag.sequence);
    let issuer = false;
    while (names.more()) {
      if (names.nextIs(tag.context(4))) {
        issuer = equal(names.constructed(tag.context(4)).any(), certificate.issuer) || issuer;
      } else {
        names.any();
      }
    }
    return issuer && equal(both.integer(), certificate.serialNumber);
  } catch (thrown) {
    if (thrown instanceof Malformed) return false;
    throw thrown;
  }
}

// Judges a token that parsed, as of judged.reference. The first finding says what it stamps.
export const checkToken = (
  judged: JudgedToken,
  token: Token,
  trust: Trust,
  options: JudgeOptions,
): Report => new TokenChecks(judged, token, trust, options).run();
