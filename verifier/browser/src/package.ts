// Judges a whole package (../formats/package.md), record by record.

import { equal, toHex } from './bytes.js';
import { BagManifest, judgeTagFiles, readFile, type FileGroup } from './bag.js';
import { judgeBatch, type PackageContext } from './batch.js';
import { NoteVerifier, parseCheckpointUnverified, type Checkpoint } from './checkpoint.js';
import { asMalformed, Malformed } from './der.js';
import { Members, parseCanonical, type Json } from './json.js';
import { judgeListed, judgeUncovered } from './package_files.js';
import { judgeRecord, type RecordResult } from './record.js';
import type { Octets } from './source.js';
import type { Time } from './time.js';
import type { JudgeOptions } from './judged_token.js';
import { TokenJudge } from './token_judge.js';
import {
  failed,
  passed,
  report,
  undecided,
  verdictOf,
  warned,
  worse,
  type Finding,
  type Report,
  type Verdict,
} from './verdict.js';
import { ZipSource } from './zip.js';

const headerSizeMax = 1 << 20;
const noteSizeMax = 64 << 10;
const findingsMax = 1000;
const partsMax = 1000;
const rootsMax = 100_000;
const packageRule = 'formats/package.md';

// data/package.json: trusted for nothing.
export interface PackageHeader {
  archive: string;
  exportedAt: Time;
  exportedBy: string;
  logKey: string;
  records: number;
  tracks: { name: string; selfAsserted: boolean }[];
}

// What judging the package yielded, but for the records, which went to `onRecord`.
export interface PackageSummary {
  header: PackageHeader | null;
  ownLogKey: boolean; // the journal was judged with the package's own key
  verdict: Verdict;
  records: number;
  passed: number;
  indeterminate: number;
  failed: number;
  files: number;
  bytes: number;
  report: Report;
}

export interface PackageOptions {
  judge: JudgeOptions;
  logKey: string | null; // the journal's public key; null: the package's own
  onRecord: (record: RecordResult) => void;
  onProgress: (records: number, total: number) => void;
}

function parseHeader(octets: Uint8Array): PackageHeader {
  const members = parseCanonical(octets, 'package.json', { size: headerSizeMax, depth: 16 });
  members.kind('package', '1');
  const header: PackageHeader = {
    archive: members.text('archive'),
    exportedAt: members.time('exportedAt'),
    exportedBy: members.text('exportedBy'),
    logKey: members.text('logKey'),
    records: members.integer('records', 2 ** 53 - 1),
    tracks: members.array('tracks', 64).map(readTrack),
  };
  new Members(members.any('selection'), 'package.json: selection');
  members.end();
  return header;
}

function readTrack(value: Json): { name: string; selfAsserted: boolean } {
  const members = new Members(value, 'package.json: tracks');
  members.text('digest');
  members.text('tsa');
  const track = { name: members.text('name'), selfAsserted: members.boolean('selfAsserted') };
  members.end();
  return track;
}

class PackageChecks {
  private readonly report = report('package');
  private readonly tokens: TokenJudge;
  private header: PackageHeader | null = null;
  private log: NoteVerifier | null = null;
  private worstPart: Verdict = 'PASSED'; // of records and batches
  private readonly counts = { PASSED: 0, INDETERMINATE: 0, FAILED: 0 };
  private readonly visited = new Set<string>();
  private readonly roots = new Map<bigint, Uint8Array>(); // of the journal's signed checkpoints, by size
  private records = 0;
  private files = 0;
  private bytes = 0;

  constructor(
    private readonly source: ZipSource,
    private readonly options: PackageOptions,
  ) {
    this.tokens = new TokenJudge(options.judge);
  }

  run(): PackageSummary {
    const tags = judgeTagFiles(this.source);
    tags.findings.forEach((finding) => this.add(finding));
    this.readHeader();
    this.chooseLogKey();
    let manifest: BagManifest | null = null;
    try {
      manifest = new BagManifest(this.source, tags);
    } catch (thrown) {
      const error = asMalformed(thrown);
      this.add(
        failed(
          error.code === 'not_found' ? 'SIGNED_DATA_NOT_FOUND' : 'FORMAT_FAILURE',
          "The manifest, which lists the files of the package, is missing or can't be read.",
          { detail: error.message, rule: 'RFC 8493 section 2.1.3' },
        ),
      );
    }
    if (manifest !== null) {
      manifest.findings.forEach((finding) => this.add(finding));
      const context = this.contextFor(manifest);
      for (const group of manifest.groups()) this.judgeGroup(group, context);
      this.reportUnlisted(manifest);
      this.checkCounts(tags.oxum);
    }
    return this.summary();
  }

  private summary(): PackageSummary {
    const verdict = worse(verdictOf(this.report), this.worstPart);
    return {
      header: this.header,
      ownLogKey: this.log !== null && this.options.logKey === null,
      verdict,
      records: this.records,
      passed: this.counts.PASSED,
      indeterminate: this.counts.INDETERMINATE,
      failed: this.counts.FAILED,
      files: this.files,
      bytes: this.bytes,
      report: this.report,
    };
  }

  private add(finding: Finding): void {
    if (this.report.findings.length < findingsMax) this.report.findings.push(finding);
  }

  private readHeader(): void {
    let octets: Uint8Array;
    try {
      octets = readFile(this.source, 'data/package.json', headerSizeMax);
    } catch (thrown) {
      this.add(
        failed('SIGNED_DATA_NOT_FOUND', "package.json is missing or can't be read.", {
          detail: asMalformed(thrown).message,
          rule: packageRule,
        }),
      );
      return;
    }
    try {
      this.header = parseHeader(octets);
    } catch (thrown) {
      const error = asMalformed(thrown);
      const more = { detail: error.message, rule: packageRule };
      this.add(
        error.code === 'unsupported'
          ? undecided(
              'UNSUPPORTED_ALGORITHM',
              "The package is of a version that this program can't read.",
              more,
            )
          : failed('FORMAT_FAILURE', "package.json can't be read.", more),
      );
    }
  }

  // The key that was given, or else the package's own.
  private chooseLogKey(): void {
    if (this.options.logKey !== null) {
      this.log = NoteVerifier.fromVkey(this.options.logKey);
      return;
    }
    if (this.header === null) return;
    try {
      this.log = NoteVerifier.fromVkey(this.header.logKey);
    } catch (thrown) {
      this.add(
        failed('FORMAT_FAILURE', "The journal's key in package.json can't be read.", {
          detail: asMalformed(thrown).message,
          rule: packageRule,
        }),
      );
      return;
    }
    this.add(
      warned(
        'The journal was judged with the key that the package itself holds: this shows that its parts agree, not whose journal it is.',
        { detail: this.header.logKey, rule: packageRule },
      ),
    );
  }

  private contextFor(manifest: BagManifest): PackageContext {
    return {
      source: this.source,
      tokens: this.tokens,
      log: this.log,
      unlisted: manifest.unlisted,
      tracks: this.header?.tracks ?? [],
      newest: this.newestCheckpoint(),
      batches: new Map(),
      compare: (checkpoint) => this.compare(checkpoint),
    };
  }

  private newestCheckpoint(): Checkpoint | null {
    let note: Uint8Array;
    try {
      note = readFile(this.source, 'data/journal/checkpoint', noteSizeMax);
    } catch (thrown) {
      this.add(
        undecided('NO_POE', "The journal's newest checkpoint is not in the package.", {
          detail: asMalformed(thrown).message,
          rule: packageRule,
        }),
      );
      return null;
    }
    try {
      const checkpoint = this.log?.checkpoint(note) ?? parseCheckpointUnverified(note);
      if (this.log !== null) this.compare(checkpoint);
      this.add(
        this.log === null
          ? undecided('NO_TRUST_ANCHOR', "The journal's key is not known.", { rule: packageRule })
          : passed("The journal's newest checkpoint is signed by its key.", {
              detail: `${checkpoint.origin}, ${checkpoint.size} entries`,
              rule: 'c2sp.org/signed-note',
            }),
      );
      return checkpoint;
    } catch (thrown) {
      const error = asMalformed(thrown);
      const more = { detail: error.message, rule: 'c2sp.org/tlog-checkpoint' };
      this.add(
        error.code === 'denied'
          ? failed(
              'SIG_CRYPTO_FAILURE',
              "The journal's newest checkpoint is not signed by the journal's key.",
              more,
            )
          : failed('FORMAT_FAILURE', "The journal's newest checkpoint can't be read.", more),
      );
      return null;
    }
  }

  // Two signed checkpoints of one size and different roots: the journal forked (RFC 9162 section
  // 2.1.4: each is the beginning of all later ones).
  private compare({ size, root }: Checkpoint): void {
    const known = this.roots.get(size);
    if (known === undefined) {
      if (this.roots.size < rootsMax) this.roots.set(size, root);
    } else if (!equal(known, root)) {
      this.add(
        failed(
          'JOURNAL_FAILURE',
          'The journal has two histories: its key signed two checkpoints of one length that differ.',
          {
            detail: `${size} entries, roots ${toHex(known)} and ${toHex(root)}`,
            rule: 'RFC 9162 section 2.1.4',
          },
        ),
      );
    }
  }

  // "data/journal/" sorts before "data/records/": batches are complete before records are judged.
  private judgeGroup(group: FileGroup, context: PackageContext): void {
    this.visited.add(group.folder);
    this.files += group.files.length;
    if (group.folder.startsWith('data/records/')) {
      const record = judgeRecord(group, context);
      this.bytes += record.bytes;
      ++this.records;
      ++this.counts[record.verdict];
      this.worstPart = worse(this.worstPart, record.verdict);
      this.options.onRecord(record);
    } else if (group.folder !== '') {
      const { result, report: part, bytes } = judgeBatch(group, context);
      this.bytes += bytes;
      if (this.report.parts.length < partsMax) this.report.parts.push(part);
      this.worstPart = worse(this.worstPart, result.verdict);
      context.batches.set(result.batch, result);
    } else {
      for (const entry of group.files) {
        const findings: Finding[] = [];
        const known =
          entry.name === 'data/package.json' ||
          entry.name === 'data/journal/checkpoint' ||
          entry.name.startsWith('data/trust/');
        this.bytes += (known ? judgeListed : judgeUncovered)(this.source, entry, findings);
        findings.forEach((finding) => this.add(finding));
      }
    }
    this.options.onProgress(this.records, this.header?.records ?? 0);
  }

  // Files that no line of the manifest names, outside of the folders that were judged.
  private reportUnlisted(manifest: BagManifest): void {
    for (const [folder, names] of manifest.unlisted) {
      if (folder !== '' && this.visited.has(folder)) continue;
      for (const name of names) {
        this.add(
          failed(
            'SIGNED_DATA_NOT_FOUND',
            '{0} is in the package, but the package does not list it: it was added later.',
            { args: [name], rule: 'RFC 8493 section 3' },
          ),
        );
      }
    }
    if (manifest.unlistedCount === 0 && manifest.findings.length === 0) {
      this.add(
        passed('The package holds the files that its manifest lists, and no others.', {
          detail: `${manifest.files} files`,
          rule: 'RFC 8493 section 3',
        }),
      );
    }
  }

  // What the package says about its own size, when nothing else explains a difference.
  private checkCounts(oxum: string): void {
    if (this.header !== null && this.header.records !== this.records) {
      this.add(
        failed(
          'SIGNED_DATA_NOT_FOUND',
          'The package says that it holds {0} records; it holds {1}.',
          { args: [String(this.header.records), String(this.records)], rule: packageRule },
        ),
      );
    }
    const found = `${this.bytes}.${this.files}`;
    const sound = worse(verdictOf(this.report), this.worstPart) !== 'FAILED';
    if (sound && oxum !== '' && oxum !== found) {
      this.add(
        failed('SIGNED_DATA_NOT_FOUND', 'The package does not hold as much as bag-info.txt says.', {
          detail: `Payload-Oxum ${oxum}, found ${found}`,
          rule: 'RFC 8493 section 2.2.2',
        }),
      );
    }
  }
}

// Judges a zip. What it throws means that there is no verdict: it is no package, or an unsafe one.
export function verifyPackage(octets: Octets, options: PackageOptions): PackageSummary {
  const source = ZipSource.open(octets);
  if (!source.has('bagit.txt')) {
    throw new Malformed('is no package: there is no bagit.txt at its top', octets.name);
  }
  return new PackageChecks(source, options).run();
}
