// RFC 4998 evidence records as values that point into the octets they were read from. Parsing
// judges nothing. The structure must be DER; a token inside may be BER and is not looked into here.

import { Malformed, Reader, tag } from './der.js';
import { digestFromOid, type DigestAlgorithm } from './digest.js';
import { parseToken } from './token.js';

const archiveTimestampsMax = 1000;
const hashValueMax = 64;

// ArchiveTimeStamp (RFC 4998 section 4.1)
export interface ArchiveTimestamp {
  digestAlgorithm: string | null; // OBJECT IDENTIFIER; null: that of the token's imprint
  reducedHashtree: Uint8Array[][] | null; // null: the token covers one hash value directly
  timeStamp: Uint8Array; // the whole ContentInfo
}

export interface Chain {
  encoding: Uint8Array;
  archiveTimestamps: ArchiveTimestamp[]; // oldest first, never empty
}

export interface EvidenceRecord {
  digestAlgorithms: string[];
  hasCryptoInfos: boolean;
  hasEncryptionInfo: boolean;
  chains: Chain[]; // oldest first, never empty
}

// A hash algorithm's OBJECT IDENTIFIER, whose parameters are absent or NULL (RFC 5754 section 2).
function readHashAlgorithm(input: Reader, expected: number): string {
  const algorithm = input.constructed(expected);
  const oid = algorithm.oid();
  if (algorithm.more()) algorithm.null();
  algorithm.end();
  return oid;
}

// [n] of one or more Attribute; whether it is there.
function skipAttributes(input: Reader, expected: number): boolean {
  if (!input.nextIs(expected)) return false;
  const attributes = input.constructed(expected);
  if (!attributes.more()) attributes.fail('list of attributes is empty');
  while (attributes.more()) {
    const attribute = attributes.constructed(tag.sequence);
    attribute.oid();
    attribute.element(tag.set);
    attribute.end();
  }
  return true;
}

function skipEncryptionInfo(input: Reader): boolean {
  if (!input.nextIs(tag.context(1))) return false;
  const info = input.constructed(tag.context(1));
  info.oid();
  info.any();
  info.end();
  return true;
}

function readReducedHashtree(input: Reader): Uint8Array[][] | null {
  if (!input.nextIs(tag.context(2))) return null;
  const tree = input.constructed(tag.context(2));
  const lists: Uint8Array[][] = [];
  if (!tree.more()) tree.fail('reduced hash tree is empty');
  while (tree.more()) {
    const list = tree.constructed(tag.sequence);
    const values: Uint8Array[] = [];
    if (!list.more()) list.fail('list of hash values is empty');
    while (list.more()) {
      const value = list.octetString();
      if (value.length > hashValueMax) list.fail('hash value is over 64 octets');
      values.push(value);
    }
    lists.push(values);
  }
  return lists;
}

function readArchiveTimestamp(input: Reader): ArchiveTimestamp {
  const ats = input.constructed(tag.sequence);
  const digestAlgorithm = ats.nextIs(tag.context(0))
    ? readHashAlgorithm(ats, tag.context(0))
    : null;
  skipAttributes(ats, tag.context(1));
  const reducedHashtree = readReducedHashtree(ats);
  const timeStamp = ats.elementBer(tag.sequence);
  ats.end();
  return { digestAlgorithm, reducedHashtree, timeStamp };
}

function readChain(input: Reader): Chain {
  const chain = input.constructed(tag.sequence);
  const archiveTimestamps: ArchiveTimestamp[] = [];
  if (!chain.more()) chain.fail('chain has no archive time-stamp');
  while (chain.more()) archiveTimestamps.push(readArchiveTimestamp(chain));
  return { encoding: chain.encoding, archiveTimestamps };
}

// Reads one EvidenceRecord that fills `octets` exactly.
export function parseEvidenceRecord(octets: Uint8Array): EvidenceRecord {
  const input = Reader.over(octets);
  const whole = input.constructed(tag.sequence);
  const version = whole.smallInteger();
  if (version !== 1) {
    whole.fail(`version ${version} of an evidence record is not known`, 'unsupported');
  }
  const digestAlgorithms: string[] = [];
  const list = whole.constructed(tag.sequence);
  while (list.more()) digestAlgorithms.push(readHashAlgorithm(list, tag.sequence));
  const hasCryptoInfos = skipAttributes(whole, tag.context(0));
  const hasEncryptionInfo = skipEncryptionInfo(whole);
  const sequence = whole.constructed(tag.sequence);
  if (!sequence.more()) sequence.fail('sequence has no chain');
  const chains: Chain[] = [];
  let count = 0;
  while (sequence.more()) {
    const chain = readChain(sequence);
    chains.push(chain);
    count += chain.archiveTimestamps.length;
    if (count > archiveTimestampsMax) {
      sequence.fail(`more than ${archiveTimestampsMax} archive time-stamps`, 'too_large');
    }
  }
  whole.end();
  input.end();
  return { digestAlgorithms, hasCryptoInfos, hasEncryptionInfo, chains };
}

// The hash functions in which documents are to be hashed: that of each chain, none twice. Null
// when one can't be told; judging says why.
export function digestsNeeded(record: EvidenceRecord): DigestAlgorithm[] | null {
  const needed = new Set<DigestAlgorithm>();
  for (const chain of record.chains) {
    const first = chain.archiveTimestamps[0]!;
    let oid = first.digestAlgorithm;
    if (oid === null) {
      try {
        oid = parseToken(first.timeStamp).info.imprintAlgorithm.oid;
      } catch (thrown) {
        if (thrown instanceof Malformed) return null;
        throw thrown;
      }
    }
    const algorithm = digestFromOid(oid);
    if (algorithm === null) return null;
    needed.add(algorithm);
  }
  return [...needed];
}
