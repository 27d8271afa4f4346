// Name constraints of a CA (RFC 5280 section 4.2.1.10), for the names of a certificate under it.

import { latin1 } from './bytes.js';
import { extensionOids, readWhole, type Certificate } from './certificate.js';
import { Malformed, tag } from './der.js';
import {
  nameKinds,
  readGeneralNames,
  readNameConstraints,
  type GeneralName,
} from './general_names.js';
import { attributesOf, isEmptyName, nameIsUnder } from './names.js';

const emailAddress = '1.2.840.113549.1.9.1';

const lower = (octets: Uint8Array): string => latin1(octets).toLowerCase();

function hostMatches(host: string, base: string): boolean {
  if (base === '') return true;
  return base.startsWith('.') ? host.endsWith(base) : host === base;
}

function dnsMatches(name: string, base: string): boolean {
  return base === '' || name === base || name.endsWith(base.startsWith('.') ? base : '.' + base);
}

function emailMatches(name: string, base: string): boolean {
  const host = name.slice(name.lastIndexOf('@') + 1).toLowerCase();
  if (!base.includes('@')) return hostMatches(host, base.toLowerCase());
  const at = base.lastIndexOf('@');
  return (
    name.slice(0, name.lastIndexOf('@')) === base.slice(0, at) &&
    host === base.slice(at + 1).toLowerCase()
  );
}

function uriMatches(name: string, base: string): boolean {
  const host = /^[^:]+:\/\/(?:[^/@]*@)?([^/:]*)/.exec(name)?.[1];
  if (host === undefined || host === '') throw new Malformed('a URI without a host');
  return hostMatches(host, base);
}

function ipMatches(name: Uint8Array, base: Uint8Array): boolean {
  const size = name.length;
  if (base.length !== 2 * size) return false;
  return name.every((octet, i) => (octet & base[size + i]!) === (base[i]! & base[size + i]!));
}

function matches(name: GeneralName, base: GeneralName): boolean {
  switch (name.kind) {
    case nameKinds.email:
      return emailMatches(latin1(name.value), latin1(base.value));
    case nameKinds.dns:
      return dnsMatches(lower(name.value), lower(base.value));
    case nameKinds.directory:
      return nameIsUnder(name.value, base.value);
    case nameKinds.uri:
      return uriMatches(lower(name.value), lower(base.value));
    case nameKinds.ip:
      return ipMatches(name.value, base.value);
    default:
      throw new Malformed('a constraint of a kind that is not known');
  }
}

// The subject, mail addresses in it, and the alternative names.
function namesOf(certificate: Certificate): GeneralName[] {
  const names: GeneralName[] = [];
  if (!isEmptyName(certificate.subject)) {
    names.push({ kind: nameKinds.directory, value: certificate.subject });
    for (const address of attributesOf(certificate.subject, emailAddress)) {
      names.push({
        kind: nameKinds.email,
        value: Uint8Array.from(address, (c) => c.charCodeAt(0)),
      });
    }
  }
  const alternative = certificate.extensions.get(extensionOids.subjectAltName);
  if (alternative !== undefined) {
    const more = readWhole(alternative.value, (input) =>
      readGeneralNames(input.constructed(tag.sequence)),
    );
    if (more === null) throw new Malformed('alternative names are malformed');
    names.push(...more);
  }
  return names;
}

function allows(ca: Certificate, names: GeneralName[]): boolean {
  const extension = ca.extensions.get(extensionOids.nameConstraints);
  if (extension === undefined) return true;
  const constraints = readWhole(extension.value, readNameConstraints);
  if (constraints === null) return false;
  const { permitted, excluded } = constraints;
  return names.every((name) => {
    const alike = permitted.filter((base) => base.kind === name.kind);
    if (alike.length > 0 && !alike.some((base) => matches(name, base))) return false;
    return !excluded.some((base) => base.kind === name.kind && matches(name, base));
  });
}

// Whether every CA of the path (signer first) allows the names of those under it.
export function namesAreAllowed(path: readonly Certificate[]): boolean {
  try {
    return path.every((certificate, i) => {
      if (i > 0 && certificate.isSelfIssued) return true;
      const names = namesOf(certificate);
      return path.slice(i + 1).every((ca) => allows(ca, names));
    });
  } catch (thrown) {
    if (thrown instanceof Malformed) return false;
    throw thrown;
  }
}
