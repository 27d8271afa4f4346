// Judges what shows that a record's deposit stands in the journal: the receipt, and the proof of the
// entry in a checkpoint that was sealed.

import { decimal, equal, latin1 } from './bytes.js';
import type { ManifestEntry } from './bag.js';
import type { PackageContext } from './batch.js';
import { asMalformed } from './der.js';
import { hash } from './digest.js';
import {
  judgeReceipt,
  judgeTlogProof,
  leafOf,
  ofOneJournal,
  parseReceipt,
  parseTlogProof,
  type Receipt,
  type TlogProof,
} from './receipt.js';
import { failed, passed, undecided, type Finding, type Report } from './verdict.js';

const journalRule = 'formats/journal.md';
const packageRule = 'formats/package.md';

// What there is of a record, and how to read it.
export interface JournalFiles {
  id: string;
  receipt: ManifestEntry | undefined;
  proof: ManifestEntry | undefined;
  isSealed: boolean; // there is evidence, so there must be a proof
  read: (entry: ManifestEntry, label: string) => Uint8Array | null;
}

class JournalChecks {
  private receipt: Receipt | null = null;

  constructor(
    private readonly files: JournalFiles,
    private readonly context: PackageContext,
    private readonly report: Report,
  ) {}

  run(): void {
    const receipt = this.files.receipt;
    const proof = this.files.proof;
    if (receipt === undefined) {
      this.add(
        undecided('NO_POE', "The depositor's receipt is not in the package.", {
          rule: packageRule,
        }),
      );
    } else {
      this.judgeReceiptFile(receipt);
    }
    if (proof !== undefined) {
      this.judgeProofFile(proof);
    } else if (this.files.isSealed) {
      this.add(
        undecided(
          'NO_POE',
          'The proof that the deposit stands in the sealed journal is not in the package.',
          { rule: packageRule },
        ),
      );
    }
  }

  private judgeReceiptFile(entry: ManifestEntry): void {
    const octets = this.files.read(entry, 'The receipt');
    if (octets === null) return;
    let receipt: Receipt;
    try {
      receipt = parseReceipt(octets);
    } catch (thrown) {
      this.add(
        failed('FORMAT_FAILURE', "The receipt can't be read.", {
          detail: asMalformed(thrown).message,
          rule: journalRule,
        }),
      );
      return;
    }
    if (receipt.record !== this.files.id) {
      this.add(
        failed('JOURNAL_FAILURE', 'The receipt is for another record.', {
          detail: receipt.record,
          rule: journalRule,
        }),
      );
      return;
    }
    this.report.parts.push(judgeReceipt(receipt, this.context.log));
    this.compare(receipt.checkpoint);
    this.receipt = receipt;
  }

  private judgeProofFile(entry: ManifestEntry): void {
    const octets = this.files.read(entry, 'The proof of the journal');
    if (octets === null) return;
    let proof: TlogProof;
    try {
      proof = parseTlogProof(octets);
    } catch (thrown) {
      this.add(
        failed('FORMAT_FAILURE', "The proof of the journal can't be read.", {
          detail: asMalformed(thrown).message,
          rule: 'c2sp.org/tlog-proof',
        }),
      );
      return;
    }
    if (this.receipt === null) {
      this.add(
        undecided(
          'NO_POE',
          'Without a receipt for this record, nothing tells which entry of the journal the proof is about.',
          { rule: journalRule },
        ),
      );
      return;
    }
    const part = judgeTlogProof(proof, leafOf(this.receipt), this.context.log);
    if (proof.index !== this.receipt.index) {
      part.findings.push(
        failed('JOURNAL_FAILURE', 'Receipt and journal name different places for the deposit.', {
          detail: `${this.receipt.index} and ${proof.index}`,
          rule: journalRule,
        }),
      );
    }
    if (!ofOneJournal(this.receipt, proof)) {
      part.findings.push(
        failed(
          'JOURNAL_FAILURE',
          'The receipt is of another history of the journal than the one that was sealed.',
          { rule: 'RFC 9162 section 2.1.3' },
        ),
      );
    }
    this.compare(proof.checkpoint);
    part.findings.push(this.judgeSealOf(proof));
    this.report.parts.push(part);
  }

  // All signed checkpoints of a package are of one journal.
  private compare(note: Uint8Array): void {
    const checkpoint = this.context.log?.checkpointIfSigned(note) ?? null;
    if (checkpoint !== null) this.context.compare(checkpoint);
  }

  // The checkpoint of the proof must be the one that the seal of its batch covers.
  private judgeSealOf(proof: TlogProof): Finding {
    const batch = proof.extra === null ? null : decimal(latin1(proof.extra));
    const seal = batch === null ? undefined : this.context.batches.get(batch);
    const rule = journalRule;
    if (seal === undefined) {
      return undecided(
        'NO_POE',
        'The seal of the journal that the proof names is not in the package.',
        { detail: batch === null ? 'no batch is named' : `batch ${batch}`, rule },
      );
    }
    const more = { detail: `batch ${batch}`, rule };
    if (seal.note === null || seal.verdict === 'FAILED') {
      return undecided(
        'NO_POE',
        'The seal of the journal that the proof names did not hold.',
        more,
      );
    }
    return equal(seal.note, hash('sha256', proof.checkpoint))
      ? passed('The checkpoint is the one that was sealed.', more)
      : failed(
          'JOURNAL_FAILURE',
          'The proof is about another checkpoint than the one that was sealed.',
          more,
        );
  }

  private add(finding: Finding): void {
    this.report.findings.push(finding);
  }
}

// Adds what it finds to `report`.
export const judgeRecordJournal = (
  files: JournalFiles,
  context: PackageContext,
  report: Report,
): void => new JournalChecks(files, context, report).run();
