// Signed notes (c2sp.org/signed-note) with Ed25519 keys, and checkpoints in them
// (c2sp.org/tlog-checkpoint).

import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, decimal, decodeUtf8, encodeUtf8, equal, fromBase64, toHex } from './bytes.js';
import { asMalformed, Malformed } from './der.js';
import { hash } from './digest.js';

const noteSizeMax = 64 << 10;
const signatureLinesMax = 64;
const ed25519Type = 1;

export interface Checkpoint {
  origin: string;
  size: bigint;
  root: Uint8Array;
}

interface SignatureLine {
  name: string;
  id: Uint8Array;
  signature: Uint8Array;
}

// Printable ASCII without space and plus sign.
const isKeyName = (name: string): boolean => /^[!-*,-~]{1,255}$/.test(name);

function parseSignatureLine(line: string): SignatureLine | null {
  const match = /^\u2014 ([^ ]*) (.*)$/.exec(line);
  if (match === null || !isKeyName(match[1]!)) return null;
  const octets = fromBase64(match[2]!);
  if (octets === null || octets.length <= 4) return null;
  return { name: match[1]!, id: octets.subarray(0, 4), signature: octets.subarray(4) };
}

interface Note {
  text: string; // with its last line feed
  signatures: SignatureLine[];
}

function parseNote(octets: Uint8Array): Note {
  const where = 'signed note';
  if (octets.length > noteSizeMax) {
    throw new Malformed('longer than 65,536 octets', where, 'too_large');
  }
  const note = decodeUtf8(octets);
  if (note === null || !/^[^\u0000-\u0009\u000b-\u001f\u007f]*\n$/.test(note)) {
    throw new Malformed(
      'not UTF-8 text that ends with a line feed and has no control characters',
      where,
    );
  }
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0) throw new Malformed('no blank line before the signatures', where);
  const rest = note.slice(blank + 2);
  if (rest === '') throw new Malformed('no signature', where);
  const lines = rest.slice(0, -1).split('\n');
  if (lines.length > signatureLinesMax) throw new Malformed('more than 64 signatures', where);
  const signatures = lines.map((line, i) => {
    const signature = parseSignatureLine(line);
    if (signature === null) throw new Malformed(`signature ${i + 1} is not of its form`, where);
    return signature;
  });
  return { text: note.slice(0, blank + 1), signatures };
}

function parseCheckpointText(text: string): Checkpoint {
  const where = 'checkpoint';
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n');
  if (!origin) throw new Malformed('origin is empty', where);
  const count = decimal(size ?? '');
  if (count === null) {
    throw new Malformed('size is not a decimal number without leading zeros', where);
  }
  const octets = fromBase64(root ?? '');
  if (octets?.length !== 32) throw new Malformed('root is not base64 of 32 octets', where);
  if (extensions.includes('')) throw new Malformed('an extension line is empty', where);
  return { origin, size: count, root: octets };
}

// The checkpoint in a signed note whose signatures are not verified.
export const parseCheckpointUnverified = (note: Uint8Array): Checkpoint =>
  parseCheckpointText(parseNote(note).text);

// A public Ed25519 key with its name.
export class NoteVerifier {
  private readonly known = new Set<string>();

  private constructor(
    readonly name: string,
    private readonly id: Uint8Array,
    private readonly key: Uint8Array,
    readonly vkey: string,
  ) {}

  // Reads "name+hex8+base64".
  static fromVkey(vkey: string): NoteVerifier {
    const match = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/.exec(vkey);
    const typed = match === null ? null : fromBase64(match[3]!);
    if (match === null || !isKeyName(match[1]!) || typed === null || typed.length === 0) {
      throw new Malformed('not a key of the form name+12345678+base64', 'log key');
    }
    if (typed[0] !== ed25519Type) {
      throw new Malformed('the key is not Ed25519 (type 1)', 'log key', 'unsupported');
    }
    if (typed.length !== 33) {
      throw new Malformed('not a key of the form name+12345678+base64', 'log key');
    }
    const id = hash('sha256', encodeUtf8(match[1]! + '\n'), typed).subarray(0, 4);
    if (toHex(id) !== match[2]) throw new Malformed('key and identifier do not match', 'log key');
    return new NoteVerifier(match[1]!, id, typed.subarray(1), vkey);
  }

  // The checkpoint in `note`, which this key must have signed and whose origin is the key's name.
  checkpoint(octets: Uint8Array): Checkpoint {
    const note = parseNote(octets);
    const digest = toHex(hash('sha256', octets));
    if (!this.known.has(digest)) {
      this.verify(note);
      if (this.known.size >= 1024) this.known.clear();
      this.known.add(digest);
    }
    const checkpoint = parseCheckpointText(note.text);
    if (checkpoint.origin !== this.name) {
      throw new Malformed(
        `is of the log ${checkpoint.origin}, not ${this.name}`,
        'checkpoint',
        'denied',
      );
    }
    return checkpoint;
  }

  // The same, or null for any other note.
  checkpointIfSigned(octets: Uint8Array): Checkpoint | null {
    try {
      return this.checkpoint(octets);
    } catch (thrown) {
      asMalformed(thrown);
      return null;
    }
  }

  private verify({ text, signatures }: Note): void {
    // Other keys may sign too; with the same name as well (a key that was rolled over).
    const own = signatures.filter(({ name, id }) => name === this.name && equal(id, this.id));
    if (own.length === 0) {
      throw new Malformed(`not signed by the key ${this.vkey}`, 'signed note', 'denied');
    }
    const message = concat(encodeUtf8(text));
    if (!own.every(({ signature }) => this.holds(signature, message))) {
      throw new Malformed(`the signature of ${this.name} does not verify`, 'signed note', 'denied');
    }
  }

  private holds(signature: Uint8Array, message: Uint8Array): boolean {
    try {
      return (
        signature.length === 64 && ed25519.verify(signature, message, this.key, { zip215: false })
      );
    } catch {
      // how that library says no to octets that are not of their form
      return false;
    }
  }
}
