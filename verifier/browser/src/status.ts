// Whether a certificate was revoked, by what revocation lists and OCSP responses say, as of a
// reference time T at which the signature is known to have existed. status_data.ts reads them.

import type { Certificate } from './certificate.js';
import { timeText, type Time } from './time.js';
import type { Sentence } from './texts.js';
import { failed, passed, undecided, warned, type Finding } from './verdict.js';

const rule = 'RFC 5280 section 6.3, RFC 3161 section 4, RFC 4998 section 5.3';

// What one source says about one certificate. All signatures were checked before this exists.
export interface Status {
  thisUpdate: Time;
  nextUpdate: Time | null;
  // Since when it knows of expired certificates too; null: only of ones not expired.
  expiredSince: Time | null;
  revocation: Revocation | null; // null: good
  // The certificate of whoever issued it had expired before a time-stamp sealed it: whoever has the
  // key since may have made it. Good news of that kind do not count.
  issuerExpired: boolean;
  from: string;
}

export interface Revocation {
  when: Time;
  reason: number | null; // RFC 5280 section 5.3.1
  invalidity: Time | null;
}

export interface Question {
  certificate: Certificate;
  issuer: Certificate;
  genTime: Time;
  reference: Time; // T
  covered: boolean; // T is shown by a later time-stamp, not assumed
  required: boolean; // without status that counts, it is INDETERMINATE
}

const hold = 6;
// Reasons that leave earlier stamps good: unspecified, affiliationChanged, superseded, cessation.
const harmless = new Set<number | null>([0, 3, 4, 5]);
const reasonNames = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'reason 7',
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
];

function counts(status: Status, { certificate, genTime, reference }: Question): boolean {
  const { notAfter } = certificate;
  const knowsExpired = status.expiredSince !== null && status.expiredSince <= notAfter;
  // After its expiry a certificate may be left out of a list.
  const expired = status.thisUpdate > notAfter || reference > notAfter;
  if ((expired && !knowsExpired) || status.issuerExpired) return false;
  if (status.thisUpdate >= reference) return true;
  return (
    genTime <= status.thisUpdate && status.nextUpdate !== null && reference <= status.nextUpdate
  );
}

const more = (question: Question, detail: string): { detail: string; rule: string } => ({
  detail: `${question.certificate.text}: ${detail}`,
  rule,
});

function judgeRevoked(question: Question, status: Status): Finding {
  const { when, reason, invalidity } = status.revocation!;
  const about = more(
    question,
    `revoked ${timeText(when)} ` +
      `(${reason === null ? 'no reason given' : (reasonNames[reason] ?? 'no reason given')}), ` +
      `judged as of ${timeText(question.reference)}, ${status.from}`,
  );
  if (reason === hold) {
    return undecided(
      'TRY_LATER',
      'A certificate of the time-stamp is suspended; ask again later.',
      about,
    );
  }
  if (harmless.has(reason)) {
    if (question.genTime < when) {
      return warned(
        'A certificate was revoked after the stamp, for a reason that leaves it good.',
        about,
      );
    }
  } else if (question.covered && question.reference < Math.min(when, invalidity ?? when)) {
    return warned(
      'A certificate was revoked, but only after a later time-stamp had covered this.',
      about,
    );
  }
  if (question.genTime < when) {
    return failed(
      'REVOKED_NO_POE',
      'A certificate of the time-stamp was revoked after the stamp, and no later time-stamp had covered it before, so the stamp proves nothing.',
      about,
    );
  }
  return failed(
    'REVOKED',
    'A certificate of the time-stamp was revoked before the stamp, so the stamp proves nothing.',
    about,
  );
}

function judgeMissing(question: Question, statuses: Status[], notes: string[]): Finding {
  const known = statuses.map(
    (status) =>
      `${status.from}: issued ${timeText(status.thisUpdate)}` +
      (status.nextUpdate === null ? '' : `, next due ${timeText(status.nextUpdate)}`),
  );
  const about = more(
    question,
    [`judged as of ${timeText(question.reference)}`, ...known, ...notes].join('; '),
  );
  const outdated = statuses.length > 0;
  const issuersExpired = outdated && statuses.every(({ issuerExpired }) => issuerExpired);
  const what: Sentence = issuersExpired
    ? 'What says that a certificate was not revoked is signed under a certificate that expired before a later time-stamp covered it.'
    : outdated
      ? 'What is known about the revocation of a certificate is out of date or too early.'
      : 'Nothing is known about the revocation of a certificate of the time-stamp.';
  if (!question.required) return warned(what, about);
  const why = issuersExpired
    ? 'REVOCATION_OUT_OF_BOUNDS_NO_POE'
    : outdated
      ? 'TRY_LATER'
      : 'NO_REVOCATION_DATA';
  return undecided(why, what, about);
}

// One finding: not revoked as far as counts, revoked, or not known.
export function judgeStatus(question: Question, statuses: Status[], notes: string[]): Finding {
  let newest: Status | null = null;
  let counting: Status | null = null;
  let revoked: Finding | null = null;
  for (const status of statuses) {
    if (newest === null || status.thisUpdate > newest.thisUpdate) newest = status;
    if (counts(status, question) && (counting === null || status.revocation === null))
      counting = status;
    if (status.revocation === null || status.revocation.reason === hold) continue;
    const finding = judgeRevoked(question, status);
    if (revoked === null || (revoked.verdict === 'PASSED' && finding.verdict !== 'PASSED')) {
      revoked = finding;
    }
  }
  if (revoked !== null && revoked.verdict !== 'PASSED') return revoked;
  if (newest?.revocation?.reason === hold) return judgeRevoked(question, newest);
  if (!question.certificate.validAt(question.reference) && counting === null) {
    return undecided(
      'OUT_OF_BOUNDS_NO_POE',
      'A certificate of the time-stamp has expired, and no later time-stamp had covered it before.',
      more(
        question,
        `valid until ${timeText(question.certificate.notAfter)}, ` +
          `judged as of ${timeText(question.reference)}`,
      ),
    );
  }
  if (counting === null) return judgeMissing(question, statuses, notes);
  if (revoked !== null) return revoked;
  return passed(
    'A certificate of the time-stamp was not revoked.',
    more(
      question,
      `${counting.from}, issued ${timeText(counting.thisUpdate)}, ` +
        `judged as of ${timeText(question.reference)}`,
    ),
  );
}
