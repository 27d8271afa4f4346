// Judges the same with both verifiers: the one of this folder, and the program perdura-verify.
//
// What is compared: whether there is a verdict at all; the verdict, its sub-indication and since when
// the documents are shown to have existed, of the whole, of each record and each of its tracks; and
// every finding that is not PASSED, by verdict and sub-indication. Not: the words.
//   PERDURA_VERIFY  the program
//   PERDURA_CORE    core.mjs, as build.mjs writes it
//   PERDURA_SOURCE  the folder of the project, for its vectors
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';

export const core = await import(process.env.PERDURA_CORE);
const program = process.env.PERDURA_VERIFY;
const run = promisify(execFile);

// A file on disk, as the core reads it.
export function octetsOfFile(path) {
  const fd = openSync(path, 'r');
  return {
    name: basename(path), size: fstatSync(fd).size, close: () => closeSync(fd),
    read(offset, length) {
      const octets = new Uint8Array(length);
      let have = 0;
      for (let got = 1; got > 0 && have < length; have += got) {
        got = readSync(fd, octets, have, length - have, offset + have);
      }
      return octets.subarray(0, have);
    },
  };
}

// Verdicts and sub-indications of the findings of a report that are not PASSED, sorted.
function troubles(report) {
  const own = report.findings.filter(({ verdict }) => verdict !== 'PASSED')
    .map(({ verdict, subIndication }) => `${verdict} ${subIndication}`);
  return [...own, ...report.parts.flatMap(troubles)].sort();
}

const since = (time) => (typeof time === 'number' ? core.timeText(time) : time ?? null);

const ofRecord = (record) => ({
  record: record.record, verdict: record.verdict, subIndication: record.subIndication,
  existedSince: since(record.existedSince), documents: record.documents, bytes: record.bytes,
  tracks: record.tracks.map((track) => [track.name, track.verdict, since(track.existedSince),
                                        track.tsa, track.selfAsserted]),
  troubles: troubles(record.report),
});

const ofSummary = (summary) => ({
  verdict: summary.verdict, records: summary.records, passed: summary.passed,
  indeterminate: summary.indeterminate, failed: summary.failed, files: summary.files,
  bytes: summary.bytes, troubles: troubles(summary.report),
});

const unread = { unread: true };

// A case: { files, trust, crls, at, revocation, logKey }, with paths. Without `at`: as of now.
export function judgeHere(one) {
  const open = [...one.files, ...one.trust, ...(one.crls ?? [])].map(octetsOfFile);
  const records = [];
  try {
    const outcome = core.judge({
      files: open.slice(0, one.files.length), trust: open.slice(one.files.length),
      at: one.at ? core.parseTime(one.at) : Math.floor(Date.now() / 1000), atChosen: Boolean(one.at), revocationRequired: one.revocation !== 'if-present',
      logKey: one.logKey ?? null,
    }, { onRecord: (record) => records.push(ofRecord(record)), onProgress: () => {} });
    if (outcome.kind === 'package') return { records, summary: ofSummary(outcome.summary) };
    const { verdict, subIndication, evidence } = outcome;
    return { verdict, subIndication, existedSince: since(evidence.existedSince),
             troubles: troubles(evidence.report) };
  } catch (thrown) {
    if (!(thrown instanceof core.Malformed)) throw thrown;
    return { ...unread, error: thrown.message };
  } finally {
    open.forEach((file) => file.close());
  }
}

export async function judgeThere(one) {
  const evidence = one.files.filter((path) => path.endsWith('.ers'));
  const others = one.files.filter((path) => !path.endsWith('.ers'));
  const args = [
    '--json', ...(one.at ? ['--at', one.at] : []), '--revocation', one.revocation ?? 'required',
    ...one.trust.flatMap((path) => ['--trust', path]),
    ...(one.crls ?? []).flatMap((path) => ['--crl', path]),
    ...evidence.flatMap((path) => ['--evidence', path]),
    ...(one.logKey ? ['--log-key', one.logKey] : []), '--', ...others,
  ];
  let answer;
  try {
    answer = await run(program, args, { maxBuffer: 1 << 28 });
  } catch (error) {
    if (typeof error.code !== 'number' || error.code > 3) throw error;
    if (error.code === 3) return { ...unread, error: error.stderr };
    answer = error;
  }
  const lines = answer.stdout.trim().split('\n').map((line) => JSON.parse(line));
  const last = lines.pop();
  if ('package' in last) return { records: lines.map(ofRecord), summary: ofSummary(last) };
  return { verdict: last.verdict, subIndication: last.subIndication,
           existedSince: last.existedSince, troubles: troubles(last.report) };
}

// What is the same of both answers, without the texts of errors.
export const comparable = ({ error, ...answer }) => answer;

// 'PASSED', 'FAILED', 'INDETERMINATE' or 'unread'
export const classOf = (answer) =>
  answer.unread ? 'unread' : answer.summary?.verdict ?? answer.verdict;

// One bit of every so many-th octet changed: neither says PASSED unless both do. Why it is not PASSED
// may differ now and then: libcrypto reads some certificates that are not DER.
export async function flipOctets(octets, caseOf) {
  const step = Math.ceil(octets.length / Number(process.env.PERDURA_MUTATIONS ?? 100));
  let differ = 0;
  let count = 0;
  for (let at = 0; at < octets.length; at += step, ++count) {
    const mutated = Buffer.from(octets);
    mutated[at] ^= 1 << (at % 8);
    const one = caseOf(mutated);
    const here = classOf(judgeHere(one));
    const there = classOf(await judgeThere(one));
    assert.equal(here === 'PASSED', there === 'PASSED', `octet ${at}: ${here}, ${there}`);
    differ += here === there ? 0 : 1;
  }
  assert.ok(differ <= count / 50, `${differ} of ${count} differ`);
}
