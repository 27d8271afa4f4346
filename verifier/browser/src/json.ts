// RFC 8785 canonical JSON: read, refusing whatever is not canonical, with the types of members
// checked. Objects are only ever asked for members of their own.

import { decodeUtf8, fromBase64, fromHex } from './bytes.js';
import { Malformed } from './der.js';
import { parseTime, timeText, type Time } from './time.js';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

// JSON.stringify spells strings and numbers as RFC 8785 asks. No canonical text has a lone surrogate.
const stringText = (text: string): string =>
  /\p{Surrogate}/u.test(text) ? '?' : JSON.stringify(text);

export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'string') return stringText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${stringText(name)}:${canonicalJson(value[name]!)}`);
  return `{${members.join(',')}}`;
}

// How deep arrays and objects lie in each other.
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') ++i;
      else if (c === '"') quoted = false;
    } else if (c === '"') {
      quoted = true;
    } else if (c === '[' || c === '{') {
      deepest = Math.max(deepest, ++depth);
    } else if (c === ']' || c === '}') {
      --depth;
    }
  }
  return deepest;
}

export interface JsonLimits {
  size: number; // octets
  depth: number;
}

// Reads JSON that is an object in canonical form; `where` names it in errors.
export function parseCanonical(octets: Uint8Array, where: string, limits: JsonLimits): Members {
  if (octets.length > limits.size) {
    throw new Malformed(`JSON is longer than ${limits.size} octets`, where, 'too_large');
  }
  const text = decodeUtf8(octets);
  if (text === null) throw new Malformed('is not UTF-8', where);
  if (depthOf(text) > limits.depth) throw new Malformed('is nested too deeply', where);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new Malformed('is not JSON', where);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Malformed('is not a JSON object', where);
  }
  if (canonicalJson(value) !== text) {
    throw new Malformed('is not canonical JSON (RFC 8785)', where);
  }
  return new Members(value, where);
}

// The members of a JSON object, taken out one by one with their types checked.
export class Members {
  private taken = 0;
  private readonly object: { [name: string]: Json };

  constructor(
    value: Json,
    private readonly where: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Malformed('is not an object', where);
    }
    this.object = value;
  }

  fail(name: string, what: string, code: Malformed['code'] = 'malformed'): never {
    throw new Malformed(what, `${this.where}: ${name}`, code);
  }
  has(name: string): boolean {
    return Object.hasOwn(this.object, name);
  }
  any(name: string): Json {
    if (!this.has(name)) this.fail(name, 'is missing');
    ++this.taken;
    return this.object[name]!;
  }
  text(name: string): string {
    const value = this.any(name);
    return typeof value === 'string' ? value : this.fail(name, 'is not a string');
  }
  // '' when it is not there; one that is there must not be empty.
  optionalText(name: string): string {
    if (!this.has(name)) return '';
    return this.text(name) || this.fail(name, 'is empty, which is written by leaving it out');
  }
  integer(name: string, max: number): number {
    const value = this.any(name);
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max)
      return value;
    return this.fail(name, `is not an integer from 0 to ${max}`);
  }
  boolean(name: string): boolean {
    const value = this.any(name);
    return typeof value === 'boolean' ? value : this.fail(name, 'is neither true nor false');
  }
  time(name: string): Time {
    const written = this.text(name);
    const time = parseTime(written);
    if (time === null || timeText(time) !== written) {
      this.fail(name, 'is not a time as in 2041-06-01T00:00:00Z');
    }
    return time;
  }
  // Lower-case hex of so many octets.
  digest(name: string, size: number): Uint8Array {
    const written = this.text(name);
    const octets = /^[0-9a-f]*$/.test(written) ? fromHex(written) : null;
    if (octets === null || octets.length !== size) {
      this.fail(name, `is not ${2 * size} lower-case hex digits`);
    }
    return octets;
  }
  base64(name: string, size: number): Uint8Array {
    const octets = fromBase64(this.text(name));
    if (octets === null || octets.length !== size)
      this.fail(name, `is not base64 of ${size} octets`);
    return octets;
  }
  array(name: string, sizeMax: number): Json[] {
    const value = this.any(name);
    if (!Array.isArray(value)) this.fail(name, 'is not an array');
    if (value.length > sizeMax) this.fail(name, `has more than ${sizeMax} elements`, 'too_large');
    return value;
  }
  // An array of base64 of 32 octets each.
  hashes(name: string, sizeMax: number): Uint8Array[] {
    return this.array(name, sizeMax).map((one) => {
      const octets = typeof one === 'string' ? fromBase64(one) : null;
      return octets?.length === 32
        ? octets
        : this.fail(name, 'holds what is not base64 of 32 octets');
    });
  }
  // What "perdura" says: the kind and its version. Another version is unsupported.
  kind(kind: string, version: string): void {
    const is = this.text('perdura');
    if (is === `${kind}/${version}`) return;
    if (is.startsWith(`${kind}/`)) {
      this.fail(
        'perdura',
        `is version ${is.slice(kind.length + 1)}, this program reads ${version}`,
        'unsupported',
      );
    }
    this.fail('perdura', `is not "${kind}/${version}"`);
  }
  // Refuses members that nobody asked for.
  end(): void {
    if (this.taken !== Object.keys(this.object).length) {
      throw new Malformed('has members that this version does not know', this.where);
    }
  }
}
