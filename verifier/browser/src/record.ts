// Judges one record of a package by its files.

import { encodeUtf8, equal, latin1, toHex } from './bytes.js';
import type { FileGroup, ManifestEntry } from './bag.js';
import {
  evidenceSizeMax,
  leaveOutOfAccount,
  unreadableEvidence,
  type PackageContext,
} from './batch.js';
import { asMalformed } from './der.js';
import { hash, type DigestAlgorithm } from './digest.js';
import { judgeEvidence, type DataObject } from './evidence.js';
import { digestsNeeded, parseEvidenceRecord, type EvidenceRecord } from './evidence_record.js';
import { hashFile, judgeListed, judgeUncovered, readListed, type HashedFile } from './package_files.js';
import { receiptSizeMax } from './receipt.js';
import { judgeRecordJournal } from './record_journal.js';
import {
  parseStatement,
  statementSizeMax,
  type Statement,
  type StatementDocument,
} from './statement.js';
import { signerText } from './judged_token.js';
import { timeText, type Time } from './time.js';
import {
  decisive,
  failed,
  passed,
  report,
  undecided,
  verdictOf,
  warned,
  type Finding,
  type Report,
  type SubIndication,
  type Verdict,
} from './verdict.js';

const tracksMax = 32;
const packageRule = 'formats/package.md';
const statementRule = 'formats/statement.md';

// A piece of evidence, in short.
export interface TrackResult {
  name: string;
  verdict: Verdict;
  existedSince: Time | null;
  tsa: string;
  selfAsserted: boolean;
}

export interface RecordResult {
  record: string;
  verdict: Verdict;
  subIndication: SubIndication;
  // The earliest over its tracks; null unless PASSED.
  existedSince: Time | null;
  tracks: TrackResult[];
  documents: number;
  bytes: number;
  report: Report;
}

interface Track {
  name: string;
  record: EvidenceRecord | null; // null: it can't be read, and a finding says why
}

// "documents/001-scan.pdf"
function documentName(position: number, name: string): string {
  const safe = latin1(encodeUtf8(name).subarray(0, 100)).replace(/[^A-Za-z0-9._-]/g, '_');
  return `documents/${String(position).padStart(3, '0')}-${safe}`;
}

class RecordChecks {
  private readonly id: string;
  private readonly report: Report;
  private readonly tracks: Track[] = [];
  private readonly trackResults: TrackResult[] = [];
  private readonly evidence: Report[] = [];
  private readonly objects: DataObject[] = []; // the statement first, then documents
  private readonly documentFiles = new Map<string, ManifestEntry>(); // by local name
  private readonly evidenceFiles: ManifestEntry[] = [];
  private readonly otherFiles: ManifestEntry[] = [];
  private readonly named = new Map<string, ManifestEntry>();
  private algorithms: DigestAlgorithm[] = ['sha256', 'sha512'];
  private statementOctets: Uint8Array | null = null;
  private statement: Statement | null = null;
  private documents = 0;
  private bytes = 0;

  constructor(
    private readonly group: FileGroup,
    private readonly context: PackageContext,
  ) {
    this.id = group.folder.slice('data/records/'.length, -1);
    this.report = report('record {0}', this.id);
  }

  run(): RecordResult {
    this.sortFiles();
    this.readStatement();
    this.readEvidence();
    this.hashDocuments();
    this.judgeEvidence();
    judgeRecordJournal(
      {
        id: this.id,
        receipt: this.named.get('receipt.json'),
        proof: this.named.get('journal-proof.tlog-proof'),
        isSealed: this.evidenceFiles.length > 0,
        read: (entry, label) => this.read(entry, label, receiptSizeMax),
      },
      this.context,
      this.report,
    );
    for (const entry of this.otherFiles) {
      const { source } = this.context;
      this.bytes += judgeUncovered(source, entry, this.report.findings, this.localName(entry));
    }
    const existedSince = this.weighTracks();
    const verdict = verdictOf(this.report);
    return {
      record: this.id,
      verdict,
      subIndication: decisive(this.report),
      existedSince: verdict === 'PASSED' ? existedSince : null,
      tracks: this.trackResults,
      documents: this.documents,
      bytes: this.bytes,
      report: this.report,
    };
  }

  private add(finding: Finding): void {
    this.report.findings.push(finding);
  }
  private localName(entry: ManifestEntry): string {
    return entry.name.slice(this.group.folder.length);
  }

  private sortFiles(): void {
    for (const entry of this.group.files) {
      const name = this.localName(entry);
      if (['statement.json', 'receipt.json', 'journal-proof.tlog-proof'].includes(name)) {
        this.named.set(name, entry);
      } else if (name.startsWith('documents/')) {
        this.documentFiles.set(name, entry);
      } else if (/^[^/]*\.ers$/.test(name)) {
        this.evidenceFiles.push(entry);
      } else {
        this.otherFiles.push(entry);
      }
    }
    if (this.group.tooMany) {
      this.add(
        failed('FORMAT_FAILURE', 'The record has more files than a record may have.', {
          rule: packageRule,
        }),
      );
    }
    for (const name of this.context.unlisted.get(this.group.folder) ?? []) {
      this.add(
        failed(
          'SIGNED_DATA_NOT_FOUND',
          '{0} is in the package, but the package does not list it: it was added later.',
          {
            args: [name.slice(this.group.folder.length)],
            detail: name,
            rule: 'RFC 8493 section 3',
          },
        ),
      );
    }
  }

  private read(entry: ManifestEntry, label: string, sizeMax: number): Uint8Array | null {
    const octets = readListed(this.context.source, entry, sizeMax, this.report.findings, label);
    this.bytes += octets?.length ?? 0;
    return octets;
  }

  private readStatement(): void {
    const entry = this.named.get('statement.json');
    if (entry === undefined) {
      this.add(
        failed('SIGNED_DATA_NOT_FOUND', "The record's statement is missing.", {
          rule: statementRule,
        }),
      );
      return;
    }
    this.statementOctets = this.read(entry, "The record's statement", statementSizeMax);
    if (this.statementOctets === null) return;
    const id = toHex(hash('sha256', this.statementOctets));
    if (id !== this.id) {
      this.add(
        failed(
          'HASH_FAILURE',
          "The record's statement was altered, or is another record's: the record's identifier is not its SHA-256.",
          { detail: `SHA-256 is ${id}`, rule: statementRule },
        ),
      );
    }
    try {
      this.statement = parseStatement(this.statementOctets);
    } catch (thrown) {
      const error = asMalformed(thrown);
      const more = { detail: error.message, rule: statementRule };
      this.add(
        error.code === 'unsupported'
          ? undecided(
              'UNSUPPORTED_ALGORITHM',
              "The record's statement is of a version that this program can't read.",
              more,
            )
          : failed('FORMAT_FAILURE', "The record's statement can't be read.", more),
      );
    }
  }

  // Before the documents, since evidence says in which hash functions they are to be taken.
  private readEvidence(): void {
    const wanted = new Set(this.algorithms);
    if (this.statement?.documents.some(({ sha3 }) => sha3 !== null)) wanted.add('sha3-256');
    if (this.evidenceFiles.length > tracksMax) {
      this.add(
        failed('FORMAT_FAILURE', 'The record has more than 32 evidence records.', {
          rule: packageRule,
        }),
      );
    }
    for (const entry of this.evidenceFiles.slice(0, tracksMax)) {
      const name = this.localName(entry).slice(0, -'.ers'.length);
      const track: Track = { name, record: null };
      this.tracks.push(track);
      const octets = this.read(entry, entry.name, evidenceSizeMax);
      if (octets === null) continue;
      try {
        track.record = parseEvidenceRecord(octets);
      } catch (thrown) {
        this.add(unreadableEvidence(name, thrown));
        continue;
      }
      for (const algorithm of digestsNeeded(track.record) ?? []) wanted.add(algorithm);
    }
    this.algorithms = [...wanted];
  }

  private hashDocuments(): void {
    const { statement, statementOctets } = this;
    if (statementOctets !== null) {
      this.objects.push({
        name: 'the statement',
        digests: new Map(
          this.algorithms.map((algorithm) => [algorithm, hash(algorithm, statementOctets)]),
        ),
      });
    }
    if (statement === null) {
      // nothing to compare with but the manifest
      for (const entry of this.documentFiles.values()) this.judgeAgainstManifest(entry);
      return;
    }
    const sound = statement.documents.map((document, i) => this.judgeDocument(i + 1, document));
    for (const [name, entry] of this.documentFiles) {
      // those that the statement named are gone
      this.add(
        failed(
          'SIGNED_DATA_NOT_FOUND',
          '{0} does not belong to the record: the statement does not name it.',
          { args: [name], rule: statementRule },
        ),
      );
      this.judgeAgainstManifest(entry);
    }
    if (!sound.every(Boolean)) return;
    this.add(
      sound.length === 1
        ? passed(
            'The statement and the document are complete and have the digests that the statement holds.',
            { rule: statementRule },
          )
        : passed(
            'The statement and all {0} documents are complete and have the digests that the statement holds.',
            { args: [String(sound.length)], rule: statementRule },
          ),
    );
  }

  // Whether document `position` is there and is the one that the statement describes.
  private judgeDocument(position: number, document: StatementDocument): boolean {
    const label = { args: [String(position), document.name], rule: statementRule };
    const local = documentName(position, document.name);
    const entry = this.documentFiles.get(local);
    if (entry === undefined) {
      this.add(
        failed('SIGNED_DATA_NOT_FOUND', "Document {0} ('{1}') is missing.", {
          ...label,
          detail: local,
        }),
      );
      return false;
    }
    this.documentFiles.delete(local);
    ++this.documents;
    let file: HashedFile;
    try {
      file = hashFile(this.context.source, entry.name, this.algorithms);
    } catch (thrown) {
      const error = asMalformed(thrown);
      const more = { ...label, detail: error.message };
      this.add(
        error.code === 'not_found'
          ? failed(
              'SIGNED_DATA_NOT_FOUND',
              "Document {0} ('{1}') is missing, though the package lists it.",
              more,
            )
          : failed('HASH_FAILURE', "Document {0} ('{1}') is damaged and can't be read.", more),
      );
      return false;
    }
    this.bytes += file.size;
    this.objects.push({ name: `Document ${position} ('${document.name}')`, digests: file.digests });
    return this.compare(label, file, document, entry);
  }

  private compare(
    label: { args: string[]; rule: string },
    file: HashedFile,
    document: StatementDocument,
    entry: ManifestEntry,
  ): boolean {
    const { size, digests } = file;
    const sha256 = digests.get('sha256')!;
    const same =
      size === document.length &&
      equal(sha256, document.sha256) &&
      equal(digests.get('sha512')!, document.sha512) &&
      (document.sha3 === null || equal(digests.get('sha3-256')!, document.sha3));
    if (!same) {
      this.add(
        failed(
          'HASH_FAILURE',
          "Document {0} ('{1}') was altered: it is not what the statement describes.",
          {
            ...label,
            detail:
              `${size} octets with SHA-256 ${toHex(sha256)}, in the statement ` +
              `${document.length} with ${toHex(document.sha256)}`,
          },
        ),
      );
      return false;
    }
    if (!equal(sha256, entry.sha256)) {
      this.add(
        failed(
          'HASH_FAILURE',
          "Document {0} ('{1}') is what the statement describes, but the package lists it with another digest.",
          {
            args: label.args,
            detail: `listed ${toHex(entry.sha256)}`,
            rule: 'RFC 8493 section 2.1.3',
          },
        ),
      );
      return false;
    }
    return true;
  }

  private judgeAgainstManifest(entry: ManifestEntry): void {
    this.bytes += judgeListed(this.context.source, entry, this.report.findings);
  }

  private judgeEvidence(): void {
    if (this.evidenceFiles.length === 0) {
      this.add(
        undecided(
          'NO_EVIDENCE',
          'There is no evidence for this record: it was not sealed yet when it was exported.',
          { rule: packageRule },
        ),
      );
    }
    for (const { name, record } of this.tracks) {
      const selfAsserted =
        this.context.tracks.find((known) => known.name === name)?.selfAsserted ?? false;
      if (record === null) {
        this.trackResults.push({
          name,
          verdict: 'FAILED',
          existedSince: null,
          tsa: '',
          selfAsserted,
        });
        continue;
      }
      const judged = judgeEvidence(record, this.objects, true, this.context.tokens);
      judged.report.subject = "evidence record '{0}'";
      judged.report.subjectArgs = [name];
      this.evidence.push(judged.report);
      this.report.parts.push(judged.report);
      const first = record.chains[0]!.archiveTimestamps[0]!.timeStamp;
      this.trackResults.push({
        name,
        verdict: verdictOf(judged.report),
        tsa: signerText(first),
        existedSince: judged.existedSince,
        selfAsserted,
      });
    }
  }

  // One track that passed is enough, as long as none failed. Since when the record existed.
  private weighTracks(): Time | null {
    if (!this.trackResults.some(({ verdict }) => verdict === 'PASSED')) return null;
    leaveOutOfAccount(this.evidence);
    const times = this.trackResults.flatMap(({ existedSince }) => existedSince ?? []);
    const since = times.length === 0 ? null : Math.min(...times);
    if (this.statement !== null && since !== null && since < this.statement.depositTime) {
      this.add(
        warned(
          "The statement says that the record was deposited after it was time-stamped: the archive's clock was ahead, or the time in the statement is not true.",
          { detail: timeText(this.statement.depositTime), rule: statementRule },
        ),
      );
    }
    return since;
  }
}

export const judgeRecord = (group: FileGroup, context: PackageContext): RecordResult =>
  new RecordChecks(group, context).run();
