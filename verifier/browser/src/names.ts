// X.501 names: compared as RFC 5280 section 7.1 asks and libcrypto does, and written for people.

import { decodeUtf8, latin1, toHex } from './bytes.js';
import { Reader, tag } from './der.js';

interface Attribute {
  type: string;
  kind: number; // identifier octet of the value
  value: Uint8Array;
  encoding: Uint8Array; // of the value, whole
}

// As libcrypto names them.
const attributeNames = new Map([
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.2', 'textEncodedORAddress'],
  ['0.9.2342.19200300.100.1.3', 'mail'],
  ['0.9.2342.19200300.100.1.4', 'info'],
  ['0.9.2342.19200300.100.1.5', 'favouriteDrink'],
  ['0.9.2342.19200300.100.1.6', 'roomNumber'],
  ['0.9.2342.19200300.100.1.7', 'photo'],
  ['0.9.2342.19200300.100.1.8', 'userClass'],
  ['0.9.2342.19200300.100.1.9', 'host'],
  ['0.9.2342.19200300.100.1.10', 'manager'],
  ['0.9.2342.19200300.100.1.11', 'documentIdentifier'],
  ['0.9.2342.19200300.100.1.12', 'documentTitle'],
  ['0.9.2342.19200300.100.1.13', 'documentVersion'],
  ['0.9.2342.19200300.100.1.14', 'documentAuthor'],
  ['0.9.2342.19200300.100.1.15', 'documentLocation'],
  ['0.9.2342.19200300.100.1.20', 'homeTelephoneNumber'],
  ['0.9.2342.19200300.100.1.21', 'secretary'],
  ['0.9.2342.19200300.100.1.22', 'otherMailbox'],
  ['0.9.2342.19200300.100.1.23', 'lastModifiedTime'],
  ['0.9.2342.19200300.100.1.24', 'lastModifiedBy'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.26', 'aRecord'],
  ['0.9.2342.19200300.100.1.27', 'pilotAttributeType27'],
  ['0.9.2342.19200300.100.1.28', 'mXRecord'],
  ['0.9.2342.19200300.100.1.29', 'nSRecord'],
  ['0.9.2342.19200300.100.1.30', 'sOARecord'],
  ['0.9.2342.19200300.100.1.31', 'cNAMERecord'],
  ['0.9.2342.19200300.100.1.37', 'associatedDomain'],
  ['0.9.2342.19200300.100.1.38', 'associatedName'],
  ['0.9.2342.19200300.100.1.39', 'homePostalAddress'],
  ['0.9.2342.19200300.100.1.40', 'personalTitle'],
  ['0.9.2342.19200300.100.1.41', 'mobileTelephoneNumber'],
  ['0.9.2342.19200300.100.1.42', 'pagerTelephoneNumber'],
  ['0.9.2342.19200300.100.1.43', 'friendlyCountryName'],
  ['0.9.2342.19200300.100.1.44', 'uid'],
  ['0.9.2342.19200300.100.1.45', 'organizationalStatus'],
  ['0.9.2342.19200300.100.1.46', 'janetMailbox'],
  ['0.9.2342.19200300.100.1.47', 'mailPreferenceOption'],
  ['0.9.2342.19200300.100.1.48', 'buildingName'],
  ['0.9.2342.19200300.100.1.49', 'dSAQuality'],
  ['0.9.2342.19200300.100.1.50', 'singleLevelQuality'],
  ['0.9.2342.19200300.100.1.51', 'subtreeMinimumQuality'],
  ['0.9.2342.19200300.100.1.52', 'subtreeMaximumQuality'],
  ['0.9.2342.19200300.100.1.53', 'personalSignature'],
  ['0.9.2342.19200300.100.1.54', 'dITRedirect'],
  ['0.9.2342.19200300.100.1.55', 'audio'],
  ['0.9.2342.19200300.100.1.56', 'documentPublisher'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
  ['1.2.840.113549.1.9.2', 'unstructuredName'],
  ['1.2.840.113549.1.9.3', 'contentType'],
  ['1.2.840.113549.1.9.4', 'messageDigest'],
  ['1.2.840.113549.1.9.5', 'signingTime'],
  ['1.2.840.113549.1.9.6', 'countersignature'],
  ['1.2.840.113549.1.9.7', 'challengePassword'],
  ['1.2.840.113549.1.9.8', 'unstructuredAddress'],
  ['1.2.840.113549.1.9.9', 'extendedCertificateAttributes'],
  ['1.2.840.113549.1.9.14', 'extReq'],
  ['1.2.840.113549.1.9.15', 'SMIME-CAPS'],
  ['1.2.840.113549.1.9.16', 'SMIME'],
  ['1.2.840.113549.1.9.20', 'friendlyName'],
  ['1.2.840.113549.1.9.21', 'localKeyID'],
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
  ['2.5.4.13', 'description'],
  ['2.5.4.14', 'searchGuide'],
  ['2.5.4.15', 'businessCategory'],
  ['2.5.4.16', 'postalAddress'],
  ['2.5.4.17', 'postalCode'],
  ['2.5.4.18', 'postOfficeBox'],
  ['2.5.4.19', 'physicalDeliveryOfficeName'],
  ['2.5.4.20', 'telephoneNumber'],
  ['2.5.4.21', 'telexNumber'],
  ['2.5.4.22', 'teletexTerminalIdentifier'],
  ['2.5.4.23', 'facsimileTelephoneNumber'],
  ['2.5.4.24', 'x121Address'],
  ['2.5.4.25', 'internationaliSDNNumber'],
  ['2.5.4.26', 'registeredAddress'],
  ['2.5.4.27', 'destinationIndicator'],
  ['2.5.4.28', 'preferredDeliveryMethod'],
  ['2.5.4.29', 'presentationAddress'],
  ['2.5.4.30', 'supportedApplicationContext'],
  ['2.5.4.31', 'member'],
  ['2.5.4.32', 'owner'],
  ['2.5.4.33', 'roleOccupant'],
  ['2.5.4.34', 'seeAlso'],
  ['2.5.4.35', 'userPassword'],
  ['2.5.4.36', 'userCertificate'],
  ['2.5.4.37', 'cACertificate'],
  ['2.5.4.38', 'authorityRevocationList'],
  ['2.5.4.39', 'certificateRevocationList'],
  ['2.5.4.40', 'crossCertificatePair'],
  ['2.5.4.41', 'name'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.43', 'initials'],
  ['2.5.4.44', 'generationQualifier'],
  ['2.5.4.45', 'x500UniqueIdentifier'],
  ['2.5.4.46', 'dnQualifier'],
  ['2.5.4.47', 'enhancedSearchGuide'],
  ['2.5.4.48', 'protocolInformation'],
  ['2.5.4.49', 'distinguishedName'],
  ['2.5.4.50', 'uniqueMember'],
  ['2.5.4.51', 'houseIdentifier'],
  ['2.5.4.52', 'supportedAlgorithms'],
  ['2.5.4.53', 'deltaRevocationList'],
  ['2.5.4.54', 'dmdName'],
  ['2.5.4.65', 'pseudonym'],
  ['2.5.4.72', 'role'],
  ['2.5.4.97', 'organizationIdentifier'],
  ['2.5.4.98', 'c3'],
  ['2.5.4.99', 'n3'],
  ['2.5.4.100', 'dnsName'],
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
      if (!kinds.has(kind) || (texts.has(kind) && textOf({ type, kind, value, encoding }) === null)) {
        attribute.fail('a name holds what is no text');
      }
      attributes.push({ type, kind, value, encoding });
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
        const name = attributeNames.get(attribute.type);
        const text = name === undefined ? null : textOf(attribute);
        const value = text === null ? '#' + toHex(attribute.encoding).toUpperCase() : escaped(text);
        return `${name ?? attribute.type}=${value}`;
      })
      .join('+'),
  );
  return relatives.reverse().join(',') || '(no name)';
}
