// X.501 names: compared as RFC 5280 section 7.1 asks and libcrypto does, and written for people.

import { decodeUtf8, latin1, toHex } from './bytes.js';
import { Reader, tag } from './der.js';

interface Attribute {
  type: string;
  kind: number; // identifier octet of the value
  value: Uint8Array;
}

const attributeNames = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.97', 'organizationIdentifier'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
]);

// What an attribute's value may be, as libcrypto has it; the first six are texts.
const texts = new Set([0x0c, 0x13, 0x14, 0x16, 0x1c, 0x1e]);
const kinds = new Set([...texts, 0x03, 0x12, 0x30]);

// The relative names, each a set of attributes.
function readName(name: Uint8Array): Attribute[][] {
  const input = Reader.over(name, 'ber');
  const sequence = input.constructed(tag.sequence);
  const relatives: Attribute[][] = [];
  while (sequence.more()) {
    const set = sequence.constructed(tag.set);
    const attributes: Attribute[] = [];
    if (!set.more()) set.fail('a part of a name is empty');
    while (set.more()) {
      const attribute = set.constructed(tag.sequence);
      const type = attribute.oid();
      const encoding = attribute.any();
      attribute.end();
      const kind = encoding[0]!;
      const value = Reader.over(encoding, 'ber').primitive(kind);
      if (!kinds.has(kind) || (texts.has(kind) && textOf({ type, kind, value }) === null)) {
        attribute.fail('a name holds what is no text');
      }
      attributes.push({ type, kind, value });
    }
    relatives.push(attributes);
  }
  input.end();
  return relatives;
}

// The text of a string type; null when it is none.
function textOf({ kind, value }: Attribute): string | null {
  switch (kind) {
    case 0x0c: // UTF8String
      return decodeUtf8(value);
    case 0x12:
    case 0x13:
    case 0x14:
    case 0x16:
      return latin1(value); // Numeric, Printable, Teletex, IA5
    case 0x1e: // BMPString
      return value.length % 2 ? null : new TextDecoder('utf-16be').decode(value);
    case 0x1c: {
      // UniversalString
      if (value.length % 4) return null;
      const view = new DataView(value.buffer, value.byteOffset, value.length);
      let text = '';
      for (let i = 0; i < value.length; i += 4) {
        const code = view.getUint32(i);
        if (code > 0x10ffff) return null;
        text += String.fromCodePoint(code);
      }
      return text;
    }
    default:
      return null;
  }
}

// One text for all spellings of a name that are the same: case of ASCII letters, white space and
// string types do not matter.
function canonical(name: Uint8Array): string[] {
  return readName(name).map((relative) =>
    JSON.stringify(
      relative
        .map((attribute) => {
          const text = attribute.kind === 0x12 ? null : textOf(attribute);
          const folded = text
            ?.replace(/[A-Z]/g, (c) => c.toLowerCase())
            .replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '')
            .replace(/[ \t\n\v\f\r]+/g, ' ');
          return [attribute.type, folded ?? `${attribute.kind}#${toHex(attribute.value)}`].join(
            '=',
          );
        })
        .sort(),
    ),
  );
}

export function sameName(a: Uint8Array, b: Uint8Array): boolean {
  const x = canonical(a);
  const y = canonical(b);
  return x.length === y.length && x.every((relative, i) => relative === y[i]);
}

// Whether `name` is `base` or lies under it (RFC 5280 section 4.2.1.10).
export function nameIsUnder(name: Uint8Array, base: Uint8Array): boolean {
  const x = canonical(name);
  return canonical(base).every((relative, i) => relative === x[i]);
}

export const isEmptyName = (name: Uint8Array): boolean => readName(name).length === 0;

// The values of one type of attribute.
export function attributesOf(name: Uint8Array, type: string): string[] {
  return readName(name)
    .flat()
    .filter((attribute) => attribute.type === type)
    .map((attribute) => textOf(attribute) ?? '');
}

const escaped = (text: string): string =>
  text.replace(/[,+"\\<>;]/g, '\\$&').replace(/^[ #]| $/g, '\\$&');

// "CN=TSA,O=Clinic" (RFC 2253)
export function nameText(name: Uint8Array): string {
  const relatives = readName(name).map((relative) =>
    relative
      .map((attribute) => {
        const text = textOf(attribute);
        return (
          (attributeNames.get(attribute.type) ?? attribute.type) +
          '=' +
          (text === null ? '#' + toHex(attribute.value) : escaped(text))
        );
      })
      .join('+'),
  );
  return relatives.reverse().join(',') || '(no name)';
}
