// Paths from a certificate to a trust anchor, as they were at a given time (shell model). Several
// certificates of one name are all tried. RFC 5280 section 6, as far as libcrypto has it.

import { equal } from './bytes.js';
import { authorityKeyMatches, timeStamping, usage, type Certificate } from './certificate.js';
import { namesAreAllowed } from './name_constraints.js';
import { sameName } from './names.js';
import { checkSignature, signedParts, type SignatureCheck } from './signature.js';
import type { Time } from './time.js';
import { failed, passed, undecided, type Finding } from './verdict.js';

const pathLengthMax = 12;
const signatureChecksMax = 32;
const rule = 'RFC 5280 section 6';

// Whether it is made for stamping time and nothing else (RFC 3161 section 2.3).
export function judgePurpose(signer: Certificate): Finding {
  const purposeRule = 'RFC 3161 section 2.3';
  const unfit = (detail: string): Finding =>
    failed(
      'CERTIFICATE_FAILURE',
      'The certificate that signed the time-stamp is not one for stamping time.',
      { detail: `${signer.text}: ${detail}`, rule: purposeRule },
    );
  if (signer.version !== 2) return unfit('not of version 3');
  if (signer.invalid) return unfit('extensions are malformed');
  const uses = signer.extendedKeyUsage;
  if (uses === null) return unfit('extended key usage is absent, double or malformed');
  if (!signer.extensions.get('2.5.29.37')!.critical)
    return unfit('extended key usage is not critical');
  if (uses.length !== 1 || uses[0] !== timeStamping) {
    return unfit('extended key usage is not timeStamping alone');
  }
  const signing = usage.digitalSignature | usage.nonRepudiation;
  const stated = signer.keyUsage ?? signing;
  if ((stated & signing) === 0 || (stated & ~signing) !== 0) {
    return unfit('key usage is not for signatures alone (RFC 5280 section 4.2.1.12)');
  }
  return passed('The certificate that signed the time-stamp is one for stamping time only.', {
    detail: signer.text,
    rule: purposeRule,
  });
}

// Whether `issuer` signed `certificate`, on its original octets.
export function checkIssued(certificate: Certificate, issuer: Certificate): SignatureCheck {
  const parts = signedParts(certificate.octets);
  // RFC 5280 section 4.1.1.2: the algorithm stands inside and outside of what is signed.
  if (parts === null || !equal(certificate.innerAlgorithm, certificate.outerAlgorithm)) {
    return {
      outcome: 'invalid',
      scheme: 'other scheme',
      keyBits: 0,
      digest: null,
      end: 'unknown',
      detail: 'certificate is malformed',
    };
  }
  return checkSignature(parts.algorithm, null, issuer.key, parts.tbs, parts.signature);
}

export interface PathResult {
  path: Certificate[]; // signer first, anchor last; empty when there is none
  signatures: SignatureCheck[]; // path[i + 1] made signatures[i] on path[i]
  finding: Finding;
}

// Depth-first search. Invariant: path[i + 1] signed path[i].
class Search {
  readonly path: Certificate[] = [];
  readonly signatures: SignatureCheck[] = [];
  finding: Finding | null = null;
  private checks = 0;

  constructor(
    private readonly pool: readonly Certificate[],
    private readonly anchors: readonly Certificate[],
    private readonly time: Time,
  ) {}

  from(certificate: Certificate): boolean {
    this.path.push(certificate);
    if (this.reachesAnchor(certificate)) return true;
    this.path.pop();
    return false;
  }

  private reachesAnchor(certificate: Certificate): boolean {
    if (this.anchors.some((anchor) => equal(anchor.octets, certificate.octets))) {
      return this.accepted();
    }
    if (this.path.length >= pathLengthMax) return false;
    return this.goesOn(certificate, this.anchors) || this.goesOn(certificate, this.pool);
  }

  private goesOn(certificate: Certificate, candidates: readonly Certificate[]): boolean {
    for (const candidate of candidates) {
      if (!sameName(candidate.subject, certificate.issuer)) continue;
      if (this.path.includes(candidate)) continue;
      if (++this.checks > signatureChecksMax) return false;
      const signature = checkIssued(certificate, candidate);
      if (signature.outcome === 'unsupported') {
        this.note(
          undecided(
            'UNSUPPORTED_ALGORITHM',
            'A certificate is signed in a way that this program cannot check.',
            { detail: signature.detail, rule },
          ),
        );
      }
      if (signature.outcome !== 'valid') continue;
      this.signatures.push(signature);
      if (this.from(candidate)) return true;
      this.signatures.pop();
    }
    return false;
  }

  private accepted(): boolean {
    const between = this.path.slice(1, -1);
    const unfit = between.find((ca) => !ca.isCa || ca.invalid || !ca.mayUse(usage.keyCertSign));
    if (unfit !== undefined) {
      this.note(
        failed('CERTIFICATE_FAILURE', 'A certificate in the path may not issue certificates.', {
          detail: unfit.text,
          rule: 'RFC 5280 section 6.1.4 (k) to (n)',
        }),
      );
      return false;
    }
    return this.isProper() && this.isInTime() && this.namesAreProper() && this.hasKnownKey();
  }

  // As libcrypto, which judges no path whose first key it can't read.
  private hasKnownKey(): boolean {
    const first = this.path[0]!;
    if (first.key !== null) return true;
    this.note(
      undecided(
        'UNSUPPORTED_ALGORITHM',
        'A certificate holds a key of a kind that this program does not know.',
        { detail: first.text, rule },
      ),
    );
    return false;
  }

  private refuse(culprit: Certificate, detail: string): false {
    this.note(
      failed(
        'CERTIFICATE_FAILURE',
        'The certificates do not form a proper path to one that you trust.',
        { detail: `${culprit.text}: ${detail}`, rule },
      ),
    );
    return false;
  }

  // What does not depend on time: extensions, roles, lengths (RFC 5280 section 6.1.4).
  private isProper(): boolean {
    let below = 0; // intermediate certificates so far that are not self-issued
    for (const [i, certificate] of this.path.entries()) {
      const last = i === this.path.length - 1;
      if (certificate.invalid && (!last || i > 0)) {
        return this.refuse(certificate, 'extensions are malformed');
      }
      if (certificate.hasUnknownCritical) {
        return this.refuse(certificate, 'a critical extension is not known');
      }
      const issuer = this.path[i + 1];
      if (issuer !== undefined && looksSelfSigned(certificate)) {
        return this.refuse(certificate, 'does not say by which key of its name it is signed');
      }
      if (
        issuer !== undefined &&
        (!issuer.mayUse(usage.keyCertSign) || !authorityKeyMatches(certificate, issuer))
      ) {
        return this.refuse(certificate, 'its issuer is another one');
      }
      if (i > 0 && !mayBeCa(certificate)) return this.refuse(certificate, 'is no CA');
      const limit = certificate.basicConstraints?.pathLength ?? null;
      if (i > 1 && limit !== null && below > limit) {
        return this.refuse(certificate, 'the path under it is too long');
      }
      if (i > 0 && !certificate.isSelfIssued) ++below;
    }
    return true;
  }

  private isInTime(): boolean {
    for (const certificate of [...this.path].reverse()) {
      if (!certificate.timesAreProper) return this.refuse(certificate, 'its validity is malformed');
      if (certificate.validAt(this.time)) continue;
      if (certificate === this.path[this.path.length - 1]) {
        this.note(
          undecided(
            'NO_CERTIFICATE_CHAIN_FOUND',
            'The certificate that you trust was not valid at the time of the stamp.',
            { detail: certificate.text, rule },
          ),
        );
      } else {
        this.note(
          failed(
            'NOT_YET_VALID',
            'A certificate in the path was not valid at the time of the stamp.',
            { detail: certificate.text, rule: 'RFC 5280 section 6.1.3 (a) (2)' },
          ),
        );
      }
      return false;
    }
    return true;
  }

  private namesAreProper(): boolean {
    return (
      namesAreAllowed(this.path) ||
      this.refuse(this.path[0]!, 'a CA is not allowed to issue for that name')
    );
  }

  // Keeps the first reason; the search goes on.
  private note(finding: Finding): void {
    this.finding ??= finding;
  }
}

// A certificate for its own issuer's name, which does not say that another key signed it.
const looksSelfSigned = (certificate: Certificate): boolean =>
  certificate.isSelfIssued && authorityKeyMatches(certificate, certificate);

// Whether an anchor or CA may be taken for one: without basic constraints only when it is of
// version 1 and self-signed, or says that it signs certificates.
function mayBeCa(certificate: Certificate): boolean {
  if (!certificate.mayUse(usage.keyCertSign)) return false;
  if (certificate.basicConstraints !== null) return certificate.isCa;
  return certificate.keyUsage !== null || (certificate.version === 0 && certificate.isSelfIssued);
}

// The path of `signer`, valid at `time`, or why there is none.
export function findPath(
  signer: Certificate,
  pool: readonly Certificate[],
  anchors: readonly Certificate[],
  time: Time,
): PathResult {
  const search = new Search(pool, anchors, time);
  if (search.from(signer)) {
    return {
      path: search.path,
      signatures: search.signatures,
      finding: passed('The certificate that signed the time-stamp leads to one that you trust.', {
        detail: search.path.map((one) => one.text).join(' < '),
        rule,
      }),
    };
  }
  const finding =
    search.finding ??
    undecided(
      'NO_CERTIFICATE_CHAIN_FOUND',
      'The certificate that signed the time-stamp does not lead to one that you trust.',
      { detail: signer.text, rule },
    );
  return { path: [], signatures: [], finding };
}
