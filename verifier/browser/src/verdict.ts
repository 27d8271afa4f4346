// What judging yields: findings in a tree that has the shape of the evidence, and a verdict. The
// words are those of ../verdict.hpp.

import type { Sentence } from './texts.js';

export type Verdict = 'PASSED' | 'INDETERMINATE' | 'FAILED';

export type SubIndication =
  | ''
  | 'FORMAT_FAILURE'
  | 'HASH_FAILURE'
  | 'SIG_CRYPTO_FAILURE'
  | 'CERTIFICATE_FAILURE'
  | 'REVOKED'
  | 'REVOKED_NO_POE'
  | 'NOT_YET_VALID'
  | 'TIMESTAMP_ORDER_FAILURE'
  | 'LINK_FAILURE'
  | 'HASH_ALGORITHM_FAILURE'
  | 'JOURNAL_FAILURE'
  | 'SIGNED_DATA_NOT_FOUND'
  | 'CRYPTO_CONSTRAINTS_FAILURE'
  | 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'
  | 'NO_TRUST_ANCHOR'
  | 'NO_CERTIFICATE_CHAIN_FOUND'
  | 'NO_REVOCATION_DATA'
  | 'TRY_LATER'
  | 'REVOCATION_OUT_OF_BOUNDS_NO_POE'
  | 'OUT_OF_BOUNDS_NO_POE'
  | 'UNSUPPORTED_ALGORITHM'
  | 'NO_POE'
  | 'NO_EVIDENCE';

// One thing that was checked, or could not be. `args` stand for {0}, {1} in the sentence.
export interface Finding {
  verdict: Verdict;
  subIndication: SubIndication;
  what: Sentence;
  args: string[];
  detail: string;
  rule: string;
  warning: boolean;
}

export interface Report {
  subject: Sentence;
  subjectArgs: string[];
  findings: Finding[];
  parts: Report[];
}

export const report = (subject: Sentence, ...subjectArgs: string[]): Report => ({
  subject,
  subjectArgs,
  findings: [],
  parts: [],
});

interface More {
  args?: string[];
  detail?: string;
  rule?: string;
}

const finding = (
  verdict: Verdict,
  subIndication: SubIndication,
  what: Sentence,
  more: More,
  warning = false,
): Finding => ({
  verdict,
  subIndication,
  what,
  args: more.args ?? [],
  detail: more.detail ?? '',
  rule: more.rule ?? '',
  warning,
});

// Checked, and as it should be.
export const passed = (what: Sentence, more: More = {}): Finding =>
  finding('PASSED', '', what, more);
// As it should be, but the reader should know.
export const warned = (what: Sentence, more: More = {}): Finding =>
  finding('PASSED', '', what, more, true);
// Wrong.
export const failed = (why: SubIndication, what: Sentence, more: More = {}): Finding =>
  finding('FAILED', why, what, more);
// Not to be decided with what is at hand.
export const undecided = (why: SubIndication, what: Sentence, more: More = {}): Finding =>
  finding('INDETERMINATE', why, what, more);

const badness: Record<Verdict, number> = { PASSED: 0, INDETERMINATE: 1, FAILED: 2 };

export const worse = (a: Verdict, b: Verdict): Verdict => (badness[a] >= badness[b] ? a : b);

function* findingsOf(node: Report): Generator<Finding> {
  yield* node.findings;
  for (const part of node.parts) yield* findingsOf(part);
}

// The worst of all findings; indeterminate when nothing was checked at all.
export function verdictOf(node: Report): Verdict {
  let worst: Verdict | null = null;
  for (const each of findingsOf(node)) worst = worse(worst ?? 'PASSED', each.verdict);
  return worst ?? 'INDETERMINATE';
}

// The sub-indication of the first finding, depth first, that is as bad as the verdict.
export function decisive(node: Report): SubIndication {
  const verdict = verdictOf(node);
  if (verdict === 'PASSED') return '';
  for (const each of findingsOf(node)) if (each.verdict === verdict) return each.subIndication;
  return '';
}

// Whether other evidence that passed makes up for this: what is wrong with it, if anything, is that
// it could not be judged, or that its TSA was revoked.
export function otherEvidenceMakesUp(node: Report): boolean {
  return [...findingsOf(node)].every(
    ({ verdict, subIndication }) =>
      verdict !== 'FAILED' || subIndication === 'REVOKED' || subIndication === 'REVOKED_NO_POE',
  );
}

// Turns what did not pass into warnings.
export function lowerToWarnings(node: Report): void {
  for (const each of findingsOf(node)) {
    if (each.verdict === 'PASSED') continue;
    each.verdict = 'PASSED';
    each.warning = true;
  }
}
