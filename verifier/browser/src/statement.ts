// statement.json (../formats/statement.md): what the archive wrote about a record at its deposit.

import { encodeUtf8 } from './bytes.js';
import { Malformed } from './der.js';
import { Members, parseCanonical, type Json } from './json.js';
import type { Time } from './time.js';

export const statementSizeMax = 8 << 20;
const textMax = 1024;
const lengthMax = 2 ** 53 - 1;

export interface StatementDocument {
  name: string;
  length: number;
  sha256: Uint8Array;
  sha512: Uint8Array;
  sha3: Uint8Array | null; // SHA3-256
}

export interface Statement {
  depositTime: Time;
  documents: StatementDocument[];
}

// 1 to 1,024 octets without control characters; `optional`: '' stands for not stated.
function check(name: string, text: string, optional = false): void {
  const fail = (what: string): never => {
    throw new Malformed(what, `statement: ${name}`);
  };
  if (text === '' && !optional) fail('is empty');
  if (encodeUtf8(text).length > textMax) fail('is longer than 1024 octets');
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) fail('holds a control character');
}

export const isRecordId = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

function readDocument(value: Json): StatementDocument {
  const members = new Members(value, 'statement: documents');
  const length = members.integer('length', lengthMax);
  check('media type', members.text('mediaType'));
  const name = members.text('name');
  check('name of a document', name);
  const document: StatementDocument = {
    name,
    length,
    sha256: members.digest('sha256', 32),
    sha3: members.has('sha3-256') ? members.digest('sha3-256', 32) : null,
    sha512: members.digest('sha512', 64),
  };
  members.end();
  return document;
}

function readRelated(value: Json): void {
  const members = new Members(value, 'statement: related');
  if (!isRecordId(members.text('record')))
    members.fail('record', 'is not 64 lower-case hex digits');
  check('relation', members.text('relation'));
  members.end();
}

function readPatient(value: Json): void {
  const members = new Members(value, 'statement: patient');
  check('patient', members.text('id'));
  check('issuer of the patient identifier', members.optionalText('issuer'), true);
  members.end();
}

export function parseStatement(octets: Uint8Array): Statement {
  const members = parseCanonical(octets, 'statement', { size: statementSizeMax, depth: 4 });
  members.kind('statement', '1');
  for (const name of ['archive', 'depositor']) check(name, members.text(name));
  for (const name of ['author', 'language', 'recordType', 'retentionClass', 'sourceSystem']) {
    check(name, members.optionalText(name), true);
  }
  const depositTime = members.time('depositTime');
  if (members.has('eventTime')) members.time('eventTime');
  const documents = members.array('documents', 9999).map(readDocument);
  if (documents.length === 0) members.fail('documents', 'there is none');
  if (members.has('patient')) readPatient(members.any('patient'));
  if (members.has('related')) {
    const related = members.array('related', 1000);
    if (related.length === 0) members.fail('related', 'is empty');
    related.forEach(readRelated);
  }
  members.base64('salt', 32);
  if (members.integer('sensitivity', 5) < 1) members.fail('sensitivity', 'is not from 1 to 5');
  members.end();
  return { depositTime, documents };
}
