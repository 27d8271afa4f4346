// Certificates and revocation lists that a person gives: PEM, or DER.

import { fromBase64, latin1 } from './bytes.js';
import { Certificate } from './certificate.js';
import { Malformed, Reader, tag } from './der.js';

export interface TrustFile {
  certificates: Uint8Array[];
  crls: Uint8Array[];
}

const blockPattern = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\s]*?)-----END \1-----/g;

// A CertificateList begins like a certificate; its second element is a date or a name.
function isCrl(octets: Uint8Array): boolean {
  try {
    const tbs = Reader.over(octets, 'ber').constructed(tag.sequence).constructed(tag.sequence);
    if (tbs.nextIs(tag.integer)) tbs.any();
    tbs.element(tag.sequence);
    tbs.element(tag.sequence);
    return tbs.nextIs(tag.utcTime) || tbs.nextIs(tag.generalizedTime);
  } catch (thrown) {
    if (thrown instanceof Malformed) return false;
    throw thrown;
  }
}

// What one file holds; other PEM blocks are skipped, since files often hold several kinds. Throws
// when it holds neither a certificate nor a list, or one that can't be read.
export function readTrustFile(octets: Uint8Array, name: string): TrustFile {
  const found: TrustFile = { certificates: [], crls: [] };
  const take = (der: Uint8Array | null, kinds: 'certificate' | 'crl' | 'either'): void => {
    if (der !== null && kinds !== 'crl' && Certificate.read(der) !== null)
      found.certificates.push(der);
    else if (der !== null && kinds !== 'certificate' && isCrl(der)) found.crls.push(der);
    else throw new Malformed('holds no certificate or revocation list in DER or PEM', name);
  };
  const blocks = octets[0] === tag.sequence ? [] : [...latin1(octets).matchAll(blockPattern)];
  if (blocks.length === 0) take(octets, 'either');
  for (const [, label, body] of blocks) {
    const der = (): Uint8Array | null => fromBase64(body!.replace(/\s/g, ''));
    if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE') take(der(), 'certificate');
    if (label === 'X509 CRL') take(der(), 'crl');
  }
  if (found.certificates.length === 0 && found.crls.length === 0) {
    throw new Malformed('holds no certificate or revocation list in DER or PEM', name);
  }
  return found;
}
