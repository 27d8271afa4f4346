// One act of judging: what a person gave, and what came of it. The same for the page's worker and for
// tests under node.

import type { Octets } from './source.js';
import { pieces, wholeOf } from './source.js';
import { Malformed } from './der.js';
import { Hasher } from './digest.js';
import { judgeDocuments, type DataObject, type EvidenceReport } from './evidence.js';
import { digestsNeeded, parseEvidenceRecord, type EvidenceRecord } from './evidence_record.js';
import { verifyPackage, type PackageSummary } from './package.js';
import type { RecordResult } from './record.js';
import type { JudgeOptions } from './judged_token.js';
import { TokenJudge } from './token_judge.js';
import { readTrustFile } from './trust.js';
import type { Time } from './time.js';
import { decisive, verdictOf, type SubIndication, type Verdict } from './verdict.js';

const trustSizeMax = 64 << 20;
const evidenceSizeMax = 64 << 20;

export interface Job {
  // A package; or documents and their evidence record.
  files: Octets[];
  // Certificates of whom the person trusts, and revocation lists.
  trust: Octets[];
  at: Time;
  atChosen: boolean; // a person named that moment; otherwise it is now
  revocationRequired: boolean;
  logKey: string | null;
}

export interface Progress {
  octets: number; // read so far
  records: number;
  recordsTotal: number; // as the package claims
}

export type Outcome =
  | { kind: 'package'; summary: PackageSummary }
  | { kind: 'evidence'; verdict: Verdict; subIndication: SubIndication; evidence: EvidenceReport };

export interface Listener {
  onRecord: (record: RecordResult) => void;
  onProgress: (progress: Progress) => void;
}

const zipSignature = [0x50, 0x4b, 0x03, 0x04];
const isZip = (file: Octets): boolean => {
  const head = file.read(0, 4);
  return zipSignature.every((octet, i) => head[i] === octet);
};
const isEvidence = (file: Octets): boolean => /\.(ers|er)$/i.test(file.name);

function readTrust(job: Job): JudgeOptions {
  const options: JudgeOptions = {
    anchors: [],
    at: job.at,
    atChosen: job.atChosen,
    extraCertificates: [],
    extraCrls: [],
    revocationRequired: job.revocationRequired,
  };
  for (const file of job.trust) {
    const found = readTrustFile(wholeOf(file, trustSizeMax), file.name);
    options.anchors.push(...found.certificates);
    options.extraCrls.push(...found.crls);
  }
  return options;
}

// Tells how many octets were read, whichever file they are of.
function counted(file: Octets, onRead: (octets: number) => void): Octets {
  return {
    name: file.name,
    size: file.size,
    read: (offset, length) => {
      const octets = file.read(offset, length);
      onRead(octets.length);
      return octets;
    },
  };
}

function hashObject(file: Octets, record: EvidenceRecord): DataObject {
  const hasher = new Hasher(digestsNeeded(record) ?? []);
  for (const piece of pieces(file)) hasher.update(piece);
  return { name: file.name, digests: hasher.finish() };
}

function judgeEvidenceJob(files: Octets[], options: JudgeOptions): Outcome {
  const evidence = files.filter(isEvidence);
  if (evidence.length > 1) {
    throw new Malformed('give one evidence record at a time', '', 'misuse');
  }
  const record = parseEvidenceRecord(wholeOf(evidence[0]!, evidenceSizeMax));
  const documents = files.filter((file) => !isEvidence(file));
  if (documents.length === 0) {
    throw new Malformed(
      'give the document as well that the evidence record is about',
      '',
      'misuse',
    );
  }
  const objects = documents.map((file) => hashObject(file, record));
  const judged = judgeDocuments(record, objects, new TokenJudge(options));
  return {
    kind: 'evidence',
    verdict: verdictOf(judged.report),
    subIndication: decisive(judged.report),
    evidence: judged,
  };
}

// Judges what was given. What it throws (Malformed) means that there is no verdict.
export function judge(job: Job, listener: Listener): Outcome {
  const options = readTrust(job);
  const progress: Progress = { octets: 0, records: 0, recordsTotal: 0 };
  const files = job.files.map((file) =>
    counted(file, (octets) => {
      progress.octets += octets;
      listener.onProgress(progress);
    }),
  );
  if (files.some(isEvidence)) return judgeEvidenceJob(files, options);
  if (files.length !== 1 || !isZip(files[0]!)) {
    throw new Malformed(
      'give a package (a zip), or a document together with its evidence record (.ers)',
      '',
      'misuse',
    );
  }
  const summary = verifyPackage(files[0]!, {
    judge: options,
    logKey: job.logKey,
    onRecord: listener.onRecord,
    onProgress: (records, recordsTotal) => Object.assign(progress, { records, recordsTotal }),
  });
  return { kind: 'package', summary };
}
