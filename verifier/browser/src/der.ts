// DER (X.690) read as views into the input, with limits; errors are thrown as Malformed.
//
// Besides strict DER there is a tolerant reading for what other makers wrote in BER: indefinite
// lengths, lengths that are not minimal, and octet strings in segments. Nothing is re-encoded.

import { concat, latin1, toHex } from './bytes.js';
import { parseGeneralizedTime, parseUtcTime, type Time } from './time.js';

// What kind of failure it is: 'malformed', or 'unsupported' (well-formed, but unknown to this
// program), 'too_large' (over a limit), 'not_found', 'denied' (a signature that does not hold).
export type Code = 'malformed' | 'unsupported' | 'too_large' | 'not_found' | 'denied' | 'misuse';

// Input that can't be read; `where` is a place in it.
export class Malformed extends Error {
  constructor(
    readonly what: string,
    readonly where = '',
    readonly code: Code = 'malformed',
  ) {
    super(where === '' ? what : `${where}: ${what}`);
  }
}

// The text of whatever was thrown, when it is about the input; anything else is a bug and goes on.
export function asMalformed(thrown: unknown): Malformed {
  if (thrown instanceof Malformed) return thrown;
  throw thrown;
}

export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context: (n: number): number => 0xa0 | n,
  contextPrimitive: (n: number): number => 0x80 | n,
} as const;

const sizeMax = 64 * 1024 * 1024;
const elementsMax = 1_000_000;
const depthMax = 48;
const constructedBit = 0x20;

interface Shared {
  octets: Uint8Array;
  ber: boolean;
  elements: number;
}

interface Element {
  encoding: Uint8Array;
  contents: Uint8Array;
}

// Reads the elements of one constructed element, in order.
export class Reader {
  private at = 0;

  private constructor(
    private readonly shared: Shared,
    readonly encoding: Uint8Array,
    readonly contents: Uint8Array,
    private readonly depth: number,
  ) {}

  // Reads `octets` from their start.
  static over(octets: Uint8Array, rules: 'der' | 'ber' = 'der'): Reader {
    if (octets.length > sizeMax) {
      throw new Malformed(`input is over ${sizeMax} octets`, 'offset 0', 'too_large');
    }
    return new Reader({ octets, ber: rules === 'ber', elements: 0 }, octets, octets, 0);
  }

  more(): boolean {
    return this.at < this.contents.length;
  }
  nextIs(expected: number): boolean {
    return this.more() && this.contents[this.at] === expected;
  }

  fail(what: string, code: Code = 'malformed', at = this.at): never {
    const offset = this.contents.byteOffset + at - this.shared.octets.byteOffset;
    throw new Malformed(what, `offset ${offset}`, code);
  }

  // The next element, which must have this tag: its contents, to be read.
  constructed(expected: number): Reader {
    if (this.depth >= depthMax) this.fail(`nested deeper than ${depthMax}`, 'too_large');
    const element = this.next(expected);
    return new Reader(this.shared, element.encoding, element.contents, this.depth + 1);
  }
  // The next element, whole.
  element(expected: number): Uint8Array {
    return this.next(expected).encoding;
  }
  any(): Uint8Array {
    return this.next(null).encoding;
  }
  // The next element, whole, in BER even where the rest is DER.
  elementBer(expected: number): Uint8Array {
    return this.next(expected, true).encoding;
  }
  primitive(expected: number): Uint8Array {
    return this.next(expected).contents;
  }
  optionalElement(expected: number): Uint8Array | null {
    return this.nextIs(expected) ? this.element(expected) : null;
  }

  // "1.2.840.113549.1.9.16.1.4"
  oid(): string {
    const start = this.at;
    const contents = this.primitive(tag.oid);
    let good = contents.length > 0 && contents[contents.length - 1]! < 0x80;
    let starts = true;
    for (const octet of contents) {
      if (starts && octet === 0x80) good = false;
      starts = octet < 0x80;
    }
    if (!good) this.fail('object identifier is malformed', 'malformed', start);
    return oidText(contents);
  }
  // The content octets of an INTEGER, checked to be minimal.
  integer(expected: number = tag.integer): Uint8Array {
    const start = this.at;
    const contents = this.primitive(expected);
    const padded =
      contents.length > 1 &&
      ((contents[0] === 0x00 && contents[1]! < 0x80) ||
        (contents[0] === 0xff && contents[1]! >= 0x80));
    if (contents.length === 0 || padded) this.fail('integer is not minimal', 'malformed', start);
    return contents;
  }
  // An INTEGER from 0 to 2^63 - 1; beyond 2^53 it is not exact.
  smallInteger(expected: number = tag.integer): number {
    const start = this.at;
    const contents = this.integer(expected);
    if (contents.length > 8 || contents[0]! >= 0x80) {
      this.fail('integer is negative or too large', 'malformed', start);
    }
    return contents.reduce((value, octet) => value * 256 + octet, 0);
  }
  boolean(): boolean {
    const start = this.at;
    const contents = this.primitive(tag.boolean);
    const first = contents[0];
    const good = contents.length === 1 && (first === 0 || first === 0xff || this.shared.ber);
    if (!good) this.fail('boolean is malformed', 'malformed', start);
    return first !== 0;
  }
  // The contents of an OCTET STRING; under BER it may come in segments.
  octetString(): Uint8Array {
    const segmented = tag.octetString | constructedBit;
    if (!this.shared.ber || !this.nextIs(segmented)) return this.primitive(tag.octetString);
    const segments = this.constructed(segmented);
    const parts: Uint8Array[] = [];
    while (segments.more()) parts.push(segments.octetString());
    return concat(...parts);
  }
  // A BIT STRING of any number of bits, whole.
  anyBitString(): Uint8Array {
    const start = this.at;
    const { encoding, contents } = this.next(tag.bitString);
    if (contents.length === 0 || contents[0]! > 7) {
      this.fail('bit string is malformed', 'malformed', start);
    }
    return encoding;
  }
  // The octets of a BIT STRING without unused bits.
  bitString(): Uint8Array {
    const start = this.at;
    const contents = this.primitive(tag.bitString);
    if (contents.length === 0 || contents[0] !== 0) {
      this.fail('bit string is empty or has unused bits', 'malformed', start);
    }
    return contents.subarray(1);
  }
  null(): void {
    const start = this.at;
    if (this.primitive(tag.null).length !== 0) this.fail('null is not empty', 'malformed', start);
  }
  time(): Time {
    const start = this.at;
    const generalized = this.nextIs(tag.generalizedTime);
    const text = latin1(this.primitive(generalized ? tag.generalizedTime : tag.utcTime));
    const time = generalized ? parseGeneralizedTime(text) : parseUtcTime(text);
    return time ?? this.fail('time is malformed', 'malformed', start);
  }
  // Refuses whatever was not read.
  end(): void {
    if (this.more()) this.fail('octets follow that do not belong here');
  }

  private next(expected: number | null, ber = this.shared.ber): Element {
    if (expected !== null && this.more() && this.contents[this.at] !== expected) {
      const found = this.contents.subarray(this.at, this.at + 1);
      this.fail(`expected element ${toHex(Uint8Array.of(expected))}, found ${toHex(found)}`);
    }
    const start = this.at;
    const { body, length } = this.header(start, ber);
    const whole = length ?? this.indefiniteLength(body, this.depth + 1);
    if (whole > this.contents.length - body) this.fail('element is cut short');
    this.at = body + whole + (length === null ? 2 : 0);
    return {
      encoding: this.contents.subarray(start, this.at),
      contents: this.contents.subarray(body, body + whole),
    };
  }

  // Where the contents of the element at `at` begin, and how long they are; null: indefinite.
  private header(at: number, ber: boolean): { body: number; length: number | null } {
    const octets = this.contents;
    if (++this.shared.elements > elementsMax) {
      this.fail(`more than ${elementsMax} elements`, 'too_large', at);
    }
    let body = at + identifierSize(octets, at);
    if (body === at || body >= octets.length) this.fail('element is cut short', 'malformed', at);
    const first = octets[body++]!;
    if (first < 0x80) return { body, length: first };
    const count = first & 0x7f;
    if (count === 0) {
      // X.690 section 10.1 forbids it in DER, 8.1.3.6 allows it for constructed elements only.
      if (ber && (octets[at]! & constructedBit) !== 0) return { body, length: null };
      this.fail('length form is not DER', 'malformed', at);
    }
    if (count > 8) this.fail('length is not usable', 'malformed', at);
    if (octets.length - body < count) this.fail('element is cut short', 'malformed', at);
    let length = 0;
    for (let i = 0; i < count; ++i) length = length * 256 + octets[body + i]!;
    if (!ber && (length < 0x80 || octets[body] === 0)) {
      this.fail('length is not minimal', 'malformed', at);
    }
    return { body: body + count, length };
  }

  // The octets before the end-of-contents that closes an indefinite element.
  private indefiniteLength(body: number, depth: number): number {
    if (depth > depthMax) this.fail(`nested deeper than ${depthMax}`, 'too_large', body);
    const octets = this.contents;
    let at = body;
    while (!(octets[at] === 0 && octets[at + 1] === 0)) {
      const inner = this.header(at, true);
      const length = inner.length ?? this.indefiniteLength(inner.body, depth + 1) + 2;
      if (length > octets.length - inner.body) this.fail('element is cut short', 'malformed', at);
      at = inner.body + length;
    }
    return at - body;
  }
}

// Octets of identifier and, for high numbers, its continuation; 0 when cut short or over 5 octets.
function identifierSize(octets: Uint8Array, at: number): number {
  if (at >= octets.length) return 0;
  if ((octets[at]! & 0x1f) !== 0x1f) return 1;
  for (let i = 1; at + i < octets.length && i < 5; ++i) {
    if ((octets[at + i]! & 0x80) === 0) return i + 1;
  }
  return 0;
}

const arcOctetsMax = 64;

// The dotted text of the content octets of an OBJECT IDENTIFIER; in hex when an arc is so long that
// nobody means it.
export function oidText(contents: Uint8Array): string {
  const numbers: bigint[] = [];
  let number = 0n;
  let arcOctets = 0;
  for (const octet of contents) {
    if (++arcOctets > arcOctetsMax) return toHex(contents);
    number = (number << 7n) | BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    arcOctets = 0;
    if (numbers.length === 0) {
      const root = number < 80n ? number / 40n : 2n;
      numbers.push(root, number - root * 40n);
    } else {
      numbers.push(number);
    }
    number = 0n;
  }
  return numbers.join('.');
}

// Tag and length octets of an element whose contents have `length` octets.
export function derHeader(identifier: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(identifier, length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Uint8Array.of(identifier, 0x80 | octets.length, ...octets);
}
