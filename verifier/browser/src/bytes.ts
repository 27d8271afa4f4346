// Octets: compared, and written as hex or base64. Pure functions.

// Whether both hold the same octets.
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; ++i) if (a[i] !== b[i]) return false;
  return true;
}

// Negative, zero or positive as `a` is before, equal to or after `b` as unsigned octets.
export function compare(a: Uint8Array, b: Uint8Array): number {
  const size = Math.min(a.length, b.length);
  for (let i = 0; i < size; ++i) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const hexDigits = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

export function toHex(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += hexDigits[octet];
  return text;
}

// Either case; null when it is not hex of even length.
export function fromHex(hex: string): Uint8Array | null {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) return null;
  const octets = new Uint8Array(hex.length / 2);
  for (let i = 0; i < octets.length; ++i) octets[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return octets;
}

// Padded base64 on one line; null when it is anything else, spare bits that are not zero included.
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const binary = atob(text);
  if (btoa(binary) !== text) return null;
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

export function toBase64(octets: Uint8Array): string {
  let binary = '';
  for (const octet of octets) binary += String.fromCharCode(octet);
  return btoa(binary);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

// The text of strict UTF-8; null when it is not that.
export function decodeUtf8(octets: Uint8Array): string | null {
  try {
    return decoder.decode(octets);
  } catch {
    return null;
  }
}

export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text);

// One character an octet, for texts that must be ASCII anyway.
export function latin1(octets: Uint8Array): string {
  let text = '';
  for (let i = 0; i < octets.length; i += 4096) {
    text += String.fromCharCode(...octets.subarray(i, i + 4096));
  }
  return text;
}

export const toBigInt = (octets: Uint8Array): bigint =>
  octets.length === 0 ? 0n : BigInt('0x' + toHex(octets));

// A decimal number without leading zeros, at most 2^64 - 1; null when it is anything else.
export function decimal(text: string): bigint | null {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text)) return null;
  const value = BigInt(text);
  return value < 1n << 64n ? value : null;
}
