// Receipts and proofs that an entry stands in the journal (../formats/journal.md).

import { decimal, decodeUtf8, encodeUtf8, equal, fromBase64, toHex } from './bytes.js';
import { parseCheckpointUnverified, type Checkpoint, type NoteVerifier } from './checkpoint.js';
import { asMalformed, Malformed } from './der.js';
import { hash } from './digest.js';
import { parseCanonical } from './json.js';
import { leafHash, proofsAgree, verifyInclusion } from './merkle_log.js';
import { isRecordId } from './statement.js';
import { timeText, type Time } from './time.js';
import { failed, passed, report, undecided, type Report } from './verdict.js';

export const receiptSizeMax = 1 << 20;
const entrySizeMax = 64 << 10;
const proofLengthMax = 64;
const journalRule = 'formats/journal.md';

export interface Receipt {
  checkpoint: Uint8Array; // the signed note
  entry: Uint8Array;
  salt: Uint8Array;
  index: bigint;
  proof: Uint8Array[];
  record: string;
}

export interface TlogProof {
  extra: Uint8Array | null;
  index: bigint;
  proof: Uint8Array[];
  checkpoint: Uint8Array;
}

interface Act {
  act: string;
  actor: string;
  record: string;
  time: Time;
}

function parseAct(entry: Uint8Array): Act {
  const members = parseCanonical(entry, 'journal entry', { size: entrySizeMax, depth: 16 });
  const act = {
    act: members.text('act'),
    actor: members.text('actor'),
    record: members.optionalText('record'),
    time: members.time('time'),
  };
  if (act.record !== '' && !isRecordId(act.record)) {
    members.fail('record', "is not a record's identifier");
  }
  return act;
}

export function parseReceipt(octets: Uint8Array): Receipt {
  const text = octets[octets.length - 1] === 0x0a ? octets.subarray(0, -1) : octets;
  const members = parseCanonical(text, 'receipt', { size: receiptSizeMax, depth: 4 });
  members.kind('receipt', '1');
  const receipt: Receipt = {
    checkpoint: encodeUtf8(members.text('checkpoint')),
    entry: encodeUtf8(members.text('entry')),
    index: BigInt(members.integer('index', 2 ** 53 - 1)),
    proof: members.hashes('proof', proofLengthMax),
    record: members.text('record'),
    salt: members.base64('salt', 32),
  };
  members.end();
  if (!isRecordId(receipt.record)) members.fail('record', 'is not 64 lower-case hex digits');
  return receipt;
}

// The leaf hash of the receipt's entry.
export const leafOf = ({ salt, entry }: Receipt): Uint8Array =>
  leafHash(hash('sha256', salt, entry));

// The signature, the entry's position, and nothing about what the entry says.
function judgeInclusion(
  into: Report,
  note: Uint8Array,
  leaf: Uint8Array,
  index: bigint,
  proof: Uint8Array[],
  log: NoteVerifier | null,
): void {
  let checkpoint: Checkpoint;
  try {
    checkpoint = parseCheckpointUnverified(note);
  } catch (thrown) {
    into.findings.push(
      failed('FORMAT_FAILURE', "The journal's checkpoint can't be read.", {
        detail: asMalformed(thrown).message,
        rule: 'c2sp.org/tlog-checkpoint',
      }),
    );
    return;
  }
  const more = {
    rule: 'RFC 9162 section 2.1.3.2',
    detail: `entry ${index} of ${checkpoint.size}, root ${toHex(checkpoint.root)}`,
  };
  into.findings.push(
    verifyInclusion(leaf, index, checkpoint.size, proof, checkpoint.root)
      ? passed("The entry stands in the archive's journal.", more)
      : failed(
          'JOURNAL_FAILURE',
          "The proof does not show that the entry stands in the archive's journal.",
          more,
        ),
  );
  const rule = 'c2sp.org/signed-note';
  if (log === null) {
    into.findings.push(
      undecided(
        'NO_TRUST_ANCHOR',
        "The journal's key was not given, so nobody vouches for the checkpoint.",
        { detail: `origin ${checkpoint.origin}`, rule },
      ),
    );
    return;
  }
  try {
    log.checkpoint(note);
  } catch (thrown) {
    into.findings.push(
      failed('SIG_CRYPTO_FAILURE', "The checkpoint is not signed by the journal's key.", {
        detail: asMalformed(thrown).message,
        rule,
      }),
    );
    return;
  }
  into.findings.push(
    passed("The checkpoint is signed by the journal's key.", { detail: log.vkey, rule }),
  );
}

export function judgeReceipt(receipt: Receipt, log: NoteVerifier | null): Report {
  const result = report('receipt');
  try {
    const act = parseAct(receipt.entry);
    result.findings.push(
      act.act !== 'deposit' || act.record !== receipt.record
        ? failed(
            'JOURNAL_FAILURE',
            'The journal entry in the receipt is not the deposit of this record.',
            { detail: `${act.act} ${act.record}`, rule: journalRule },
          )
        : passed("The receipt is for the deposit of this record by '{0}' at {1}.", {
            args: [act.actor, timeText(act.time)],
            detail: receipt.record,
            rule: journalRule,
          }),
    );
  } catch (thrown) {
    result.findings.push(
      failed('FORMAT_FAILURE', "The journal entry in the receipt can't be read.", {
        detail: asMalformed(thrown).message,
        rule: journalRule,
      }),
    );
  }
  judgeInclusion(result, receipt.checkpoint, leafOf(receipt), receipt.index, receipt.proof, log);
  return result;
}

// c2sp.org/tlog-proof
export function parseTlogProof(octets: Uint8Array): TlogProof {
  const where = 'tlog-proof';
  const fail = (what: string, code: Malformed['code'] = 'malformed'): never => {
    throw new Malformed(what, where, code);
  };
  if (octets.length > receiptSizeMax) fail('longer than 1 MiB', 'too_large');
  const text = decodeUtf8(octets) ?? fail('is not UTF-8');
  let at = 0;
  const next = (): string | null => {
    const end = text.indexOf('\n', at);
    if (end < 0) return null;
    const line = text.slice(at, end);
    at = end + 1;
    return line;
  };
  const first = next();
  if (first === null || !first.startsWith('c2sp.org/tlog-proof@')) fail('is not one');
  if (first !== 'c2sp.org/tlog-proof@v1') fail(`is of another version: ${first}`, 'unsupported');
  let line = next();
  let extra: Uint8Array | null = null;
  if (line?.startsWith('extra ')) {
    extra = fromBase64(line.slice(6)) ?? fail('extra is not base64');
    line = next();
  }
  if (!line?.startsWith('index ')) return fail('index is missing');
  const index =
    decimal(line.slice(6)) ?? fail('index is not a decimal number without leading zeros');
  const proof: Uint8Array[] = [];
  for (line = next(); line !== null && line !== ''; line = next()) {
    const value = fromBase64(line);
    if (value?.length !== 32) return fail('a line of the proof is not base64 of 32 octets');
    if (proof.length === proofLengthMax) fail('the proof is too long');
    proof.push(value);
  }
  if (line === null) fail('no blank line before the checkpoint');
  const checkpoint = encodeUtf8(text.slice(at));
  parseCheckpointUnverified(checkpoint);
  return { extra, index, proof, checkpoint };
}

export function judgeTlogProof(
  proof: TlogProof,
  leaf: Uint8Array,
  log: NoteVerifier | null,
): Report {
  const result = report('journal proof');
  judgeInclusion(result, proof.checkpoint, leaf, proof.index, proof.proof, log);
  return result;
}

// Whether receipt and proof can be of one journal.
export function ofOneJournal(receipt: Receipt, proof: TlogProof): boolean {
  const a = parseCheckpointUnverified(receipt.checkpoint);
  const b = parseCheckpointUnverified(proof.checkpoint);
  if (receipt.index !== proof.index) return true; // judging them says so
  if (a.size === b.size && !equal(a.root, b.root)) return false;
  return proofsAgree(
    receipt.index,
    { size: a.size, proof: receipt.proof },
    { size: b.size, proof: proof.proof },
  );
}
