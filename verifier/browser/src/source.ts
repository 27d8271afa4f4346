// Where octets come from: a file on disk, read piece by piece. Nothing is held whole.

import { Malformed } from './der.js';

// Octets that can be read anywhere.
export interface Octets {
  readonly name: string;
  readonly size: number;
  // As many as there are from `offset`, at most `length`.
  read(offset: number, length: number): Uint8Array;
}

export function octetsInMemory(name: string, octets: Uint8Array): Octets {
  return {
    name,
    size: octets.length,
    read: (offset, length) => octets.subarray(offset, offset + length),
  };
}

const pieceSize = 1 << 20;

// All pieces, in order.
export function* pieces(octets: Octets): Generator<Uint8Array> {
  for (let at = 0; at < octets.size; at += pieceSize) {
    const piece = octets.read(at, Math.min(pieceSize, octets.size - at));
    if (piece.length === 0) throw new Malformed('ended before its size', octets.name);
    yield piece;
  }
}

// The whole of something small.
export function wholeOf(octets: Octets, sizeMax: number): Uint8Array {
  if (octets.size > sizeMax) {
    throw new Malformed(`is longer than ${sizeMax} octets`, octets.name, 'too_large');
  }
  return octets.read(0, octets.size);
}
