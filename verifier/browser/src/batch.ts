// Judges one batch of the journal: a checkpoint that was sealed, its evidence, and that the journal
// has only grown since.

import { decimal } from './bytes.js';
import type { FileGroup, ManifestEntry } from './bag.js';
import { parseCheckpointUnverified, type Checkpoint, type NoteVerifier } from './checkpoint.js';
import { asMalformed } from './der.js';
import { hash } from './digest.js';
import { digestsNeeded, parseEvidenceRecord, type EvidenceRecord } from './evidence_record.js';
import { judgeEvidence } from './evidence.js';
import { parseCanonical } from './json.js';
import { verifyConsistency } from './merkle_log.js';
import { judgeUncovered, readListed } from './package_files.js';
import type { TokenJudge } from './token_judge.js';
import {
  failed,
  lowerToWarnings,
  otherEvidenceMakesUp,
  passed,
  report,
  undecided,
  verdictOf,
  warned,
  type Finding,
  type Report,
  type Verdict,
} from './verdict.js';
import type { ZipSource } from './zip.js';

export const evidenceSizeMax = 16 << 20;
const noteSizeMax = 64 << 10;
const consistencySizeMax = 1 << 20;
const journalRule = 'formats/journal.md';
const packageRule = 'formats/package.md';

// What the records of one package are judged by.
export interface PackageContext {
  source: ZipSource;
  tokens: TokenJudge;
  log: NoteVerifier | null; // null: nobody's key is known
  unlisted: Map<string, string[]>;
  tracks: { name: string; selfAsserted: boolean }[];
  newest: Checkpoint | null; // of the journal, verified
  batches: Map<bigint, BatchResult>; // complete before records are judged
  // Takes note of a checkpoint that the journal's key signed: all in a package are of one journal.
  compare: (checkpoint: Checkpoint) => void;
}

export interface BatchResult {
  batch: bigint;
  note: Uint8Array | null; // SHA-256 of the signed checkpoint; null when it is not sound
  verdict: Verdict;
}

// data/journal/batch-<b>/consistency.json
function parseConsistency(octets: Uint8Array): { from: bigint; to: bigint; proof: Uint8Array[] } {
  const members = parseCanonical(octets, 'consistency.json', {
    size: consistencySizeMax,
    depth: 4,
  });
  const from = BigInt(members.integer('from', 2 ** 53 - 1));
  const proof = members.hashes('proof', 128);
  const to = BigInt(members.integer('to', 2 ** 53 - 1));
  members.end();
  return { from, to, proof };
}

// One evidence record that passed is enough, as long as nothing contradicts it: others that could not
// be judged, or whose TSA was revoked, are no obstacle.
export function leaveOutOfAccount(parts: Report[]): void {
  for (const part of parts) {
    if (verdictOf(part) === 'PASSED' || !otherEvidenceMakesUp(part)) continue;
    lowerToWarnings(part);
    part.findings.unshift(
      warned('This evidence proves nothing by itself; the verdict rests on the other evidence.', {
        rule: 'RFC 4998 section 7',
      }),
    );
  }
}

// What a thrown error says of an evidence record that can't be read.
export function unreadableEvidence(track: string, thrown: unknown): Finding {
  const error = asMalformed(thrown);
  const more = { args: [track], detail: error.message, rule: 'RFC 4998 section 3.1' };
  return error.code === 'unsupported'
    ? undecided(
        'UNSUPPORTED_ALGORITHM',
        "The evidence record '{0}' is of a kind that this program can't read.",
        more,
      )
    : failed('FORMAT_FAILURE', "The evidence record '{0}' can't be read.", more);
}

class BatchChecks {
  readonly result: BatchResult = { batch: 0n, note: null, verdict: 'INDETERMINATE' };
  readonly report: Report;
  bytes = 0;
  private note: Uint8Array | null = null;
  private checkpoint: Checkpoint | null = null;
  private hasConsistency = false;
  private readonly evidence: Report[] = [];

  constructor(
    private readonly group: FileGroup,
    private readonly context: PackageContext,
  ) {
    const number = /batch-([^/]*)\/$/.exec(group.folder)?.[1] ?? '';
    this.report = report('journal, batch {0}', number);
    const batch = decimal(number);
    this.result.batch = batch ?? 0n;
    if (batch === null) {
      this.add(
        failed('FORMAT_FAILURE', 'The folder of a batch is not named by its number.', {
          detail: group.folder,
          rule: packageRule,
        }),
      );
    }
  }

  run(): void {
    for (const name of this.context.unlisted.get(this.group.folder) ?? []) {
      this.add(
        failed(
          'SIGNED_DATA_NOT_FOUND',
          '{0} is in the package, but the package does not list it: it was added later.',
          { args: [name], rule: 'RFC 8493 section 3' },
        ),
      );
    }
    this.readNote();
    for (const entry of this.group.files) {
      const name = entry.name.slice(this.group.folder.length);
      if (name === 'checkpoint') continue;
      if (name === 'consistency.json') this.judgeConsistency(entry);
      else if (name.endsWith('.ers')) this.judgeEvidence(entry, name.slice(0, -4));
      else this.bytes += judgeUncovered(this.context.source, entry, this.report.findings);
    }
    this.checkCompleteness();
    this.result.verdict = verdictOf(this.report);
  }

  private add(finding: Finding): void {
    this.report.findings.push(finding);
  }

  private read(entry: ManifestEntry, sizeMax: number): Uint8Array | null {
    const octets = readListed(this.context.source, entry, sizeMax, this.report.findings);
    this.bytes += octets?.length ?? 0;
    return octets;
  }

  // The signed checkpoint that the seal covers.
  private readNote(): void {
    for (const entry of this.group.files) {
      if (entry.name !== `${this.group.folder}checkpoint`) continue;
      const octets = this.read(entry, noteSizeMax);
      if (octets === null) return;
      this.note = octets;
    }
    if (this.note === null) {
      this.add(
        failed('SIGNED_DATA_NOT_FOUND', 'The batch has no checkpoint.', {
          detail: this.group.folder,
          rule: packageRule,
        }),
      );
      return;
    }
    try {
      this.checkpoint = parseCheckpointUnverified(this.note);
    } catch (thrown) {
      this.add(
        failed('FORMAT_FAILURE', "The checkpoint can't be read.", {
          detail: asMalformed(thrown).message,
          rule: journalRule,
        }),
      );
      return;
    }
    if (this.judgeSignature(this.note)) this.result.note = hash('sha256', this.note);
  }

  private judgeSignature(note: Uint8Array): boolean {
    const { log } = this.context;
    if (log === null) {
      this.add(
        undecided('NO_TRUST_ANCHOR', "The journal's key is not known.", { rule: journalRule }),
      );
      return true;
    }
    const rule = 'c2sp.org/signed-note';
    try {
      const checkpoint = log.checkpoint(note);
      this.add(
        passed("The checkpoint is signed by the journal's key.", {
          detail: `${checkpoint.size} entries`,
          rule,
        }),
      );
      this.context.compare(checkpoint);
      return true;
    } catch (thrown) {
      this.add(
        failed('SIG_CRYPTO_FAILURE', "The checkpoint is not signed by the journal's key.", {
          detail: asMalformed(thrown).message,
          rule,
        }),
      );
      return false;
    }
  }

  // The journal only ever grew from this checkpoint to the newest.
  private judgeConsistency(entry: ManifestEntry): void {
    this.hasConsistency = true;
    const octets = this.read(entry, consistencySizeMax);
    const { checkpoint } = this;
    const { newest } = this.context;
    if (octets === null || checkpoint === null) return;
    let proof;
    try {
      proof = parseConsistency(octets);
    } catch (thrown) {
      this.add(
        failed('FORMAT_FAILURE', "The proof of consistency can't be read.", {
          detail: asMalformed(thrown).message,
          rule: journalRule,
        }),
      );
      return;
    }
    if (newest === null) return; // the package's report says so
    const more = {
      detail: `${proof.from} to ${proof.to} entries`,
      rule: 'RFC 9162 section 2.1.4.2',
    };
    const holds =
      proof.from === checkpoint.size &&
      proof.to === newest.size &&
      verifyConsistency(checkpoint.size, newest.size, checkpoint.root, newest.root, proof.proof);
    this.add(
      holds
        ? passed(
            'The journal has only grown since this checkpoint: nothing in it was changed.',
            more,
          )
        : failed(
            'JOURNAL_FAILURE',
            'The proof does not show that the journal has only grown since this checkpoint.',
            more,
          ),
    );
  }

  private judgeEvidence(entry: ManifestEntry, track: string): void {
    const octets = this.read(entry, evidenceSizeMax);
    const { note } = this;
    if (octets === null || note === null) return;
    let record: EvidenceRecord;
    try {
      record = parseEvidenceRecord(octets);
    } catch (thrown) {
      this.add(unreadableEvidence(track, thrown));
      return;
    }
    const needed = digestsNeeded(record) ?? ['sha256' as const];
    const object = {
      name: 'the checkpoint',
      digests: new Map(needed.map((algorithm) => [algorithm, hash(algorithm, note)])),
    };
    const judged = judgeEvidence(record, [object], false, this.context.tokens);
    judged.report.subject = "evidence record '{0}'";
    judged.report.subjectArgs = [track];
    this.evidence.push(judged.report);
    this.report.parts.push(judged.report);
  }

  private checkCompleteness(): void {
    if (!this.hasConsistency) {
      this.add(
        undecided(
          'NO_POE',
          'The proof that the journal has only grown since is not in the package.',
          { rule: packageRule },
        ),
      );
    }
    if (this.evidence.length === 0) {
      this.add(
        undecided('NO_EVIDENCE', 'There is no evidence for the checkpoint.', { rule: packageRule }),
      );
    }
    if (this.evidence.some((one) => verdictOf(one) === 'PASSED')) leaveOutOfAccount(this.evidence);
  }
}

export interface JudgedBatch {
  result: BatchResult;
  report: Report;
  bytes: number;
}

export function judgeBatch(group: FileGroup, context: PackageContext): JudgedBatch {
  const checks = new BatchChecks(group, context);
  checks.run();
  return { result: checks.result, report: checks.report, bytes: checks.bytes };
}
