// Judges RFC 4998 evidence records: sections 3.3, 4.3, 5.3, with both kinds of renewal.

import { compare, concat, equal, toHex } from './bytes.js';
import { derHeader, tag } from './der.js';
import {
  digestFromOid,
  digestOid,
  digestSize,
  hash,
  type DigestAlgorithm,
  type Digests,
} from './digest.js';
import type { ArchiveTimestamp, EvidenceRecord } from './evidence_record.js';
import { endOfDigest } from './policy.js';
import { timeText, type Time } from './time.js';
import { digestAlgorithm, latest, type TstInfo } from './token.js';
import type { JudgedToken } from './judged_token.js';
import { judgeFitness } from './token_checks.js';
import type { TokenJudge } from './token_judge.js';
import {
  failed,
  passed,
  report,
  undecided,
  verdictOf,
  warned,
  type Finding,
  type Report,
} from './verdict.js';

// A document, by its hash values: one for each algorithm that the record needs.
export interface DataObject {
  name: string;
  digests: Digests;
}

export interface EvidenceReport {
  report: Report;
  // The latest moment that the first time-stamp can stand for; null unless PASSED.
  existedSince: Time | null;
}

// How lists are taken where RFC 4998 can be read in more than one way: it does not say what equal
// values inside one list stand for; and by the letter of section 4.3 step 3 a first list of one value
// too is hashed.
type ListReading = 'usual' | 'equal values once' | 'single value hashed';

// The value of a list (section 4.3 step 3): usually one value is carried up unhashed.
function valueOf(
  algorithm: DigestAlgorithm,
  list: Uint8Array[],
  reading: ListReading,
): Uint8Array {
  let sorted = [...list].sort(compare);
  if (reading === 'equal values once') {
    sorted = sorted.filter((value, i) => i === 0 || !equal(value, sorted[i - 1]!));
  }
  const carried = sorted.length === 1 && reading !== 'single value hashed';
  return carried ? sorted[0]! : hash(algorithm, ...sorted);
}

// The root: the value of the first list, then of each further list together with the value so far.
function rootOf(
  algorithm: DigestAlgorithm,
  lists: Uint8Array[][],
  reading: ListReading,
): Uint8Array {
  let current: Uint8Array | null = null;
  for (const list of lists) {
    current = valueOf(algorithm, current === null ? list : [...list, current], reading);
  }
  return current!;
}

class EvidenceChecks {
  private readonly report = report('evidence record');
  private tokens: JudgedToken[][] = [];

  constructor(
    private readonly record: EvidenceRecord,
    private readonly objects: DataObject[],
    private readonly wholeGroup: boolean,
    private readonly judge: TokenJudge,
  ) {}

  run(): EvidenceReport {
    if (this.objects.length === 0) {
      this.add(
        undecided(
          'NO_EVIDENCE',
          'No document was given, so there is nothing that this evidence could be about.',
          { rule: 'RFC 4998 section 3.3' },
        ),
      );
    }
    this.judgeTokens();
    this.checkRecord();
    this.record.chains.forEach((_, c) => this.checkChain(c));
    this.checkOrder();
    const sound = verdictOf(this.report) === 'PASSED';
    return {
      report: this.report,
      existedSince: sound ? latest(this.tokens[0]![0]!.token!.info) : null,
    };
  }

  private add(finding: Finding): void {
    this.report.findings.push(finding);
  }

  // From the newest to the oldest, since each is judged as of the one that covers it (section 5.3).
  private judgeTokens(): void {
    let later: JudgedToken | null = null;
    for (const chain of [...this.record.chains].reverse()) {
      const row: JudgedToken[] = [];
      for (const { timeStamp } of [...chain.archiveTimestamps].reverse()) {
        later = this.judge.judged(timeStamp, later);
        row.unshift(later);
      }
      this.tokens.unshift(row);
    }
  }

  private checkRecord(): void {
    if (this.record.hasCryptoInfos) {
      this.add(
        warned('The evidence record carries hints that nothing protects; they were not used.', {
          detail: 'cryptoInfos',
          rule: 'RFC 4998 section 3.1',
        }),
      );
    }
    if (this.record.hasEncryptionInfo) {
      this.add(
        warned('The evidence is about encrypted data; what was given is taken as that data.', {
          detail: 'encryptionInfo',
          rule: 'RFC 4998 section 6.1',
        }),
      );
    }
  }

  // Section 4.1: the field, or when it is absent the algorithm of the token's imprint.
  private algorithmOf(
    ats: ArchiveTimestamp,
    info: TstInfo | undefined,
    part: Report,
  ): DigestAlgorithm | null {
    if (info === undefined) {
      return ats.digestAlgorithm === null ? null : digestFromOid(ats.digestAlgorithm);
    }
    const imprint = digestAlgorithm(info.imprintAlgorithm);
    if (imprint === null) return null; // the token's report says so
    if (ats.digestAlgorithm !== null && digestFromOid(ats.digestAlgorithm) !== imprint) {
      part.findings.push(
        failed(
          'HASH_ALGORITHM_FAILURE',
          'The hash function of the hash tree is not that of its time-stamp.',
          {
            detail: `${ats.digestAlgorithm} and ${imprint}`,
            rule: 'RFC 4998 sections 4.1 and 4.3',
          },
        ),
      );
      return null;
    }
    if (!this.record.digestAlgorithms.includes(digestOid(imprint))) {
      part.findings.push(
        failed(
          'FORMAT_FAILURE',
          'The evidence record does not list a hash function that it uses.',
          { detail: imprint, rule: 'RFC 4998 section 3.1' },
        ),
      );
    }
    return imprint;
  }

  private checkChain(c: number): void {
    const chain = report('chain {0}', String(c + 1));
    const stamps = this.record.chains[c]!.archiveTimestamps;
    let algorithm: DigestAlgorithm | null = null;
    stamps.forEach((ats, j) => {
      const judged = this.tokens[c]![j]!;
      const part: Report = {
        ...structuredClone(judged.report),
        subject: 'time-stamp {0}',
        subjectArgs: [String(j + 1)],
      };
      chain.parts.push(part);
      const own = this.algorithmOf(ats, judged.token?.info, part);
      if (j === 0) algorithm = own;
      if (own === null) return;
      if (j === 0) {
        this.checkStart(c, own, part);
      } else if (algorithm !== null && own !== algorithm) {
        part.findings.push(
          failed(
            'HASH_ALGORITHM_FAILURE',
            'A renewed time-stamp uses another hash function than its chain.',
            { detail: `${own} in a chain of ${algorithm}`, rule: 'RFC 4998 section 5.1' },
          ),
        );
      } else {
        this.checkTimestampRenewal(c, j, own, part);
      }
    });
    if (algorithm !== null) this.checkChainAlgorithm(c, algorithm, chain);
    this.report.parts.push(chain);
  }

  // Section 5.3: the hash function of a chain must hold until the next chain's first time-stamp.
  private checkChainAlgorithm(c: number, algorithm: DigestAlgorithm, chain: Report): void {
    const made = this.tokens[c]![0]!.token?.info.genTime;
    if (made === undefined) return;
    const next = this.tokens[c + 1]?.[0];
    if (next !== undefined && next.token === null) return;
    const until = next?.token?.info.genTime ?? this.judge.options.at;
    judgeFitness(endOfDigest(algorithm), `hash tree with ${algorithm}`, made, until, chain);
  }

  // The first time-stamp of a chain covers the objects: by themselves (section 4.3), or with the
  // whole sequence before (section 5.2, hash-tree renewal).
  private checkStart(c: number, algorithm: DigestAlgorithm, part: Report): void {
    const values: Uint8Array[] = [];
    for (const { name, digests } of this.objects) {
      const digest = digests.get(algorithm);
      if (digest === undefined) {
        part.findings.push(
          undecided('UNSUPPORTED_ALGORITHM', 'The hash value of "{0}" was not given as needed.', {
            args: [name],
            detail: algorithm,
            rule: 'RFC 4998 section 4.3 step 2',
          }),
        );
        // What can be seen without it.
        this.leadsToImprint(this.record.chains[c]!.archiveTimestamps[0]!, c, 0, [], part);
        return;
      }
      values.push(digest);
    }
    if (values.length === 0) return;
    if (c === 0) {
      this.checkObjects(values, part);
    } else {
      this.checkHashtreeRenewal(c, algorithm, values, part);
    }
  }

  private checkObjects(values: Uint8Array[], part: Report): void {
    const ats = this.record.chains[0]!.archiveTimestamps[0]!;
    let covered = true;
    values.forEach((value, i) => {
      if (this.relates(ats, 0, 0, value)) return;
      covered = false;
      part.findings.push(
        failed(
          'HASH_FAILURE',
          '"{0}" is not what was time-stamped: it was altered, or is another document.',
          {
            args: [this.objects[i]!.name],
            detail: `hash value ${toHex(value)}`,
            rule: 'RFC 4998 section 4.3 step 2',
          },
        ),
      );
    });
    if (!covered || !this.leadsToImprint(ats, 0, 0, values, part)) return;
    const rule = 'RFC 4998 section 4.3';
    part.findings.push(
      values.length === 1
        ? passed('The document is, bit for bit, what was time-stamped.', { rule })
        : passed('All {0} documents are, bit for bit, what was time-stamped.', {
            args: [String(values.length)],
            rule,
          }),
    );
    if (this.wholeGroup) this.checkGroup(ats, values, part);
  }

  // Section 4.3, last paragraph: the first list holds the group and nothing else.
  private checkGroup(ats: ArchiveTimestamp, values: Uint8Array[], part: Report): void {
    const rule = 'RFC 4998 section 4.3';
    const given = new Set(values.map(toHex));
    const listed = new Set((ats.reducedHashtree?.[0] ?? values).map(toHex));
    const same = given.size === listed.size && [...given].every((value) => listed.has(value));
    part.findings.push(
      same
        ? passed('The documents are all of their record.', { rule })
        : failed('SIGNED_DATA_NOT_FOUND', 'Documents of the record are missing.', {
            detail: `${listed.size} in the record, ${given.size} given`,
            rule,
          }),
    );
  }

  // Section 4.3 step 2: whether the time-stamp relates to a value. One that can't be read may do so.
  private relates(ats: ArchiveTimestamp, c: number, j: number, value: Uint8Array): boolean {
    const imprint = this.tokens[c]![j]!.token?.info.hashedMessage ?? value;
    const list = ats.reducedHashtree?.[0] ?? [imprint];
    return list.some((other) => equal(other, value));
  }

  // Section 4.3 steps 3 and 4: whether the lists lead to what was time-stamped.
  private leadsToImprint(
    ats: ArchiveTimestamp,
    c: number,
    j: number,
    values: Uint8Array[],
    part: Report,
  ): boolean {
    const rule = 'RFC 4998 section 4.3 steps 3 and 4';
    const info = this.tokens[c]![j]!.token?.info;
    if (info === undefined) return false; // its report says so
    const lists = ats.reducedHashtree;
    if (lists === null) {
      if (values.every((value) => equal(value, values[0]!))) return true;
      part.findings.push(
        failed('HASH_FAILURE', 'The time-stamp covers one document only.', {
          detail: 'no reduced hash tree',
          rule,
        }),
      );
      return false;
    }
    const algorithm = digestAlgorithm(info.imprintAlgorithm)!;
    const odd = lists.flat().find((value) => value.length !== digestSize(algorithm));
    if (odd !== undefined) {
      part.findings.push(
        failed(
          'FORMAT_FAILURE',
          'A hash value in the evidence does not have the length of its hash function.',
          { detail: `${odd.length} octets`, rule },
        ),
      );
      return false;
    }
    const leads = (reading: ListReading): boolean =>
      equal(rootOf(algorithm, lists, reading), info.hashedMessage);
    if (leads('usual')) return true;
    if (leads('equal values once')) {
      part.findings.push(
        warned('Equal hash values in one list had to be taken once for the evidence to hold.', {
          detail: 'RFC 4998 does not say how they are to be taken',
          rule,
        }),
      );
      return true;
    }
    if (leads('single value hashed')) {
      part.findings.push(
        warned(
          'The only hash value of a first list had to be hashed once more for the evidence to hold.',
          { rule },
        ),
      );
      return true;
    }
    part.findings.push(
      failed(
        'HASH_FAILURE',
        'The hash values of the evidence do not lead to what was time-stamped.',
        { detail: `imprint ${toHex(info.hashedMessage)}`, rule },
      ),
    );
    return false;
  }

  // Sections 5.2, 5.3 step 2: the first list holds the hash of the time-stamp before.
  private checkTimestampRenewal(
    c: number,
    j: number,
    algorithm: DigestAlgorithm,
    part: Report,
  ): void {
    const rule = 'RFC 4998 section 5.3 step 2';
    const ats = this.record.chains[c]!.archiveTimestamps[j]!;
    const previous = this.tokens[c]![j - 1]!.digest(algorithm);
    if (!this.relates(ats, c, j, previous)) {
      part.findings.push(
        failed('LINK_FAILURE', 'The renewed time-stamp does not cover the one before it.', {
          detail: `hash value ${toHex(previous)}`,
          rule,
        }),
      );
      return;
    }
    if (!this.leadsToImprint(ats, c, j, [previous], part)) return;
    part.findings.push(
      passed('The renewed time-stamp covers the one before it.', { detail: toHex(previous), rule }),
    );
  }

  // Section 5.2 steps 3 to 5: the first list holds H(H(d) || H(sequence so far)) for each object.
  private checkHashtreeRenewal(
    c: number,
    algorithm: DigestAlgorithm,
    values: Uint8Array[],
    part: Report,
  ): void {
    const rule = 'RFC 4998 section 5.2 steps 3 to 5, section 5.3 step 3';
    const ats = this.record.chains[c]!.archiveTimestamps[0]!;
    const sequence = this.sequenceHash(c, algorithm);
    let leaves = values.map((value) => hash(algorithm, value, sequence));
    const allRelate = (): boolean => leaves.every((leaf) => this.relates(ats, c, 0, leaf));
    if (!allRelate()) {
      // Figure 4 of the RFC sorts the two values, its text does not; the text holds.
      leaves = values.map((value) => hash(algorithm, ...[value, sequence].sort(compare)));
      if (!allRelate()) {
        part.findings.push(
          failed(
            'LINK_FAILURE',
            'The renewed hash tree does not cover the documents together with the evidence before.',
            { detail: `hash value of the sequence ${toHex(sequence)}`, rule },
          ),
        );
        return;
      }
      part.findings.push(
        warned(
          'The renewal joins its hash values in sorted order, which only a figure of the standard shows.',
          { detail: 'RFC 4998 figure 4', rule },
        ),
      );
    }
    if (!this.leadsToImprint(ats, c, 0, leaves, part)) return;
    part.findings.push(
      passed('The renewed hash tree covers the documents and all evidence before.', {
        detail: toHex(sequence),
        rule,
      }),
    );
  }

  // The hash of a DER ArchiveTimeStampSequence of all chains before chain `c`, in their octets.
  private sequenceHash(c: number, algorithm: DigestAlgorithm): Uint8Array {
    const chains = concat(...this.record.chains.slice(0, c).map(({ encoding }) => encoding));
    return hash(algorithm, derHeader(tag.sequence, chains.length), chains);
  }

  // Sections 5.1, 5.3 step 1: times ascend. What is inside the accuracies of two clocks is no proof
  // of the contrary, for the hash links show the order already.
  private checkOrder(): void {
    let before: TstInfo | null = null;
    for (const { token } of this.tokens.flat()) {
      if (token === null) continue;
      if (before !== null) this.checkPair(before, token.info);
      before = token.info;
    }
  }

  private checkPair(before: TstInfo, after: TstInfo): void {
    const ahead =
      (before.genTime - after.genTime) * 1e6 + before.genTimeMicros - after.genTimeMicros;
    if (ahead <= 0) return;
    const more = {
      rule: 'RFC 4998 section 5.1',
      detail: `${timeText(before.genTime)} is before ${timeText(after.genTime)} in the record`,
    };
    if (ahead > (before.accuracyMicros ?? 0) + (after.accuracyMicros ?? 0)) {
      this.add(
        failed('TIMESTAMP_ORDER_FAILURE', 'The times of the time-stamps are out of order.', more),
      );
    } else {
      this.add(
        warned('Two time-stamps are out of order by less than their clocks are exact.', more),
      );
    }
  }
}

// How many time-stamps at the end of `record` are of after the moment that was chosen.
function notYetMade({ chains }: EvidenceRecord, judge: TokenJudge): number {
  const stamps = chains.flatMap(({ archiveTimestamps }) => archiveTimestamps).reverse();
  const made = stamps.findIndex(({ timeStamp }) => !judge.notYetMade(timeStamp));
  return made < 0 ? stamps.length : made;
}

// The record without its last `count` time-stamps, which are not all.
function withoutLast(record: EvidenceRecord, count: number): EvidenceRecord {
  const chains = [...record.chains];
  for (let left = count; left > 0; ) {
    const { archiveTimestamps, ...chain } = chains.pop()!;
    const kept = archiveTimestamps.slice(0, -left);
    left -= archiveTimestamps.length - kept.length;
    if (kept.length > 0) chains.push({ ...chain, archiveTimestamps: kept });
  }
  return { ...record, chains };
}

// What is left out of account, since it is of after the moment that was chosen.
function stampedLater(count: number, at: Time): Finding {
  const more = { detail: `judged as of ${timeText(at)}`, rule: 'RFC 4998 section 5.3' };
  if (count === 1) {
    return warned('A time-stamp was not yet made at that moment and is left out of account.', more);
  }
  return warned(
    '{0} time-stamps were not yet made at that moment and are left out of account.',
    { ...more, args: [String(count)] },
  );
}

function nothingStampedYet(at: Time): Report {
  const result = report('evidence record');
  result.findings.push(
    undecided(
      'NO_POE',
      'The first time-stamp was not yet made at that moment, so nothing proves that the documents existed then.',
      { detail: `judged as of ${timeText(at)}`, rule: 'RFC 4998 section 5.3' },
    ),
  );
  return result;
}

// Judges `record` for `objects`. `wholeGroup`: besides each one being covered, the first list of the
// first archive time-stamp must hold no other.
export function judgeEvidence(
  record: EvidenceRecord,
  objects: DataObject[],
  wholeGroup: boolean,
  judge: TokenJudge,
): EvidenceReport {
  const { at } = judge.options;
  const later = notYetMade(record, judge);
  if (later === 0) return new EvidenceChecks(record, objects, wholeGroup, judge).run();
  if (later === record.chains.flatMap(({ archiveTimestamps }) => archiveTimestamps).length) {
    return { report: nothingStampedYet(at), existedSince: null };
  }
  const then = withoutLast(record, later);
  const result = new EvidenceChecks(then, objects, wholeGroup, judge).run();
  result.report.findings.push(stampedLater(later, at));
  return result;
}

// The verdict for documents that a person names: their whole group, or, when only others are missing
// beside them, each by itself.
export function judgeDocuments(
  record: EvidenceRecord,
  objects: DataObject[],
  judge: TokenJudge,
): EvidenceReport {
  const whole = judgeEvidence(record, objects, true, judge);
  if (verdictOf(whole.report) !== 'FAILED') return whole;
  const single = judgeEvidence(record, objects, false, judge);
  // What is wrong is then something else than that others are missing, which nobody asked for.
  if (verdictOf(single.report) === 'FAILED') return single;
  single.report.findings.push(
    warned(
      'The evidence covers more than what was given: other documents of the same record, or neighbours in its hash tree. That nothing of the record is missing is not shown.',
      { rule: 'RFC 4998 section 4.3' },
    ),
  );
  return single;
}
