// The files of a package in a zip (APPNOTE.TXT), read piece by piece.
//
// Hostile input is expected. Opening refuses names that are absolute or leave the package, hold
// backslashes, colons or anything but printable ASCII, or are there twice (also when they differ only in
// the case of ASCII letters); links; encryption; files that overlap or inflate beyond what deflate
// can; and anything that another program might see beside what is judged, such as octets that belong to
// no file.

import { Inflate } from 'fflate';
import { decodeUtf8, encodeUtf8, equal } from './bytes.js';
import { Malformed } from './der.js';
import type { Octets } from './source.js';

const filesMax = 1_000_000;
const nameSizeMax = 1024;
const endSize = 22;
const locatorSize = 20;
const end64Size = 56;
const directoryHeaderSize = 46;
const localHeaderSize = 30;
const deflateRatioMax = 1032;
const unicodePath = 0x7075; // an extra field (APPNOTE 4.6.9)
const windowSize = 1 << 16;
const pieceSize = 1 << 16;
const unsetShort = 0xffff;
const unsetLong = 0xffffffff;

interface Entry {
  name: string;
  flags: number;
  method: number;
  crc: number;
  compressedSize: number;
  size: number;
  headerOffset: number;
  renamed: boolean; // an extra field has another name for it
}

// Where the octets of a file are; `sizesLater`: behind them its sizes may stand again.
interface Place {
  octetsAt: number;
  sizesLater: boolean;
}

const viewOf = (octets: Uint8Array): DataView =>
  new DataView(octets.buffer, octets.byteOffset, octets.length);

function uint64(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new Malformed('a size in the zip is over 2^53');
  return value;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(octets: Uint8Array, before: number): number {
  let c = ~before;
  for (let i = 0; i < octets.length; ++i) c = crcTable[(c ^ octets[i]!) & 0xff]! ^ (c >>> 8);
  return ~c >>> 0;
}

// What is wrong with the name of a file in a package; '' when nothing is.
export function faultOfName(name: string): string {
  if (name === '') return 'a name is empty';
  if (encodeUtf8(name).length > nameSizeMax) return 'a name is longer than 1,024 octets';
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'a name holds control characters';
  if (name.includes('\\')) return 'a name holds a backslash';
  if (name.includes(':')) return 'a name holds a colon, as after a drive or before a stream';
  if (/[^\u0000-\u007f]/.test(name)) return 'a name holds characters outside of ASCII';
  if (name.startsWith('/')) return 'a name is absolute';
  const parts = name.split('/');
  if (parts.some((part) => ['', '.', '..'].includes(part))) {
    return "a name has a part that is empty, '.' or '..'";
  }
  return parts.some((part) => part.endsWith(' ')) ? 'a name has a part that ends in a space' : '';
}

// A name with ASCII letters in lower case.
export const folded = (name: string): string => name.replace(/[A-Z]/g, (c) => c.toLowerCase());

interface Directory {
  offset: number;
  size: number;
  entries: number;
}

// Visits the extra fields of an entry or header (APPNOTE 4.5.1). False when one is cut short or `visit`
// returned false.
function forEachExtraField(
  extra: Uint8Array,
  visit: (id: number, values: Uint8Array) => boolean,
): boolean {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > extra.length) return false;
    if (!visit(view.getUint16(at, true), extra.subarray(at + 4, end))) return false;
    at = end;
  }
  return true;
}

// Whether no extra field names the file otherwise than `name`.
const extraFieldsName = (extra: Uint8Array, name: Uint8Array): boolean =>
  forEachExtraField(extra, (id, values) => id !== unicodePath || equal(values.subarray(5), name));

export class ZipSource {
  // By names with ASCII letters in lower case.
  private readonly entries = new Map<string, Entry>();
  private readonly folders: Entry[] = [];
  // Where files begin and, last, where the directory does; ascending.
  private starts: number[] = [];

  private constructor(private readonly octets: Octets) {}

  static open(octets: Octets): ZipSource {
    const source = new ZipSource(octets);
    const directory = source.findDirectory();
    if (directory.entries === 0) source.refuse('the zip is empty');
    if (directory.entries > filesMax) {
      throw new Malformed(
        `has more than ${filesMax} files, too many for a browser: use perdura-verify`,
        octets.name,
        'too_large',
      );
    }
    source.readDirectory(directory);
    const first = viewOf(octets.read(0, 4));
    if (first.byteLength < 4 || first.getUint32(0, true) !== 0x04034b50) {
      source.refuse('there is something before the zip');
    }
    source.findStarts(directory.offset);
    return source;
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }
  names(): string[] {
    return [...this.entries.values()].map((entry) => entry.name);
  }

  // The octets of a file, in pieces; when it was read to its end, all checks were made. Throws
  // not_found, or malformed when it is damaged.
  *read(name: string): Generator<Uint8Array> {
    const entry = this.find(name);
    if (entry === undefined) throw new Malformed('is missing', name, 'not_found');
    const fail = (what: string): never => {
      throw new Malformed(what, name);
    };
    const place = this.placeOf(entry);
    this.checkBehind(entry, place);
    let rest = entry.size;
    let crc = 0;
    for (const piece of this.inflated(entry, place.octetsAt)) {
      if (piece.length > rest) fail('its checksum is wrong');
      rest -= piece.length;
      crc = crc32(piece, crc);
      if (piece.length > 0) yield piece;
    }
    if (rest > 0) fail('it is shorter than declared');
    if (crc !== entry.crc) fail('its checksum is wrong');
  }

  private refuse(what: string): never {
    throw new Malformed(what, this.octets.name);
  }

  private findStarts(directoryAt: number): void {
    const all = [...this.entries.values(), ...this.folders];
    this.starts = all.map((entry) => entry.headerOffset).sort((a, b) => a - b);
    if (this.starts[0] !== 0) this.refuse('there is something before the zip');
    this.starts.push(directoryAt);
    if (this.starts.some((start, i) => i > 0 && start <= this.starts[i - 1]!)) {
      this.refuse('files in the zip overlap');
    }
    // Nobody opens a folder.
    for (const folder of this.folders) this.checkBehind(folder, this.placeOf(folder));
  }

  // Where what lies behind a file begins.
  private startBehind(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle]! > offset) high = middle;
      else low = middle + 1;
    }
    return this.starts[low]!;
  }

  private find(name: string): Entry | undefined {
    const entry = this.entries.get(folded(name));
    return entry?.name === name ? entry : undefined;
  }

  // The end-of-directory record that ends the file, with its comment; or the zip64 one before it.
  private findDirectory(): Directory {
    const tailSize = Math.min(this.octets.size, endSize + unsetShort);
    const tailStart = this.octets.size - tailSize;
    const tail = viewOf(this.octets.read(tailStart, tailSize));
    let at = tail.byteLength - endSize;
    while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) --at;
    if (at < 0 || at + endSize + tail.getUint16(at + 20, true) !== tail.byteLength) {
      this.refuse('is no zip, or its end is missing');
    }
    const end = tailStart + at;
    const zip64 = this.findDirectory64(end);
    if (zip64 !== null) return zip64;
    const entries = tail.getUint16(at + 10, true);
    const disks = [tail.getUint16(at + 4, true), tail.getUint16(at + 6, true)];
    if (disks.some((disk) => disk !== 0) || tail.getUint16(at + 8, true) !== entries) {
      this.refuse('is one of several disks');
    }
    return this.framed(
      { entries, size: tail.getUint32(at + 12, true), offset: tail.getUint32(at + 16, true) },
      end,
    );
  }

  private findDirectory64(end: number): Directory | null {
    if (end < locatorSize) return null;
    const locator = viewOf(this.octets.read(end - locatorSize, locatorSize));
    if (locator.getUint32(0, true) !== 0x07064b50) return null;
    const at = uint64(locator, 8);
    const record = viewOf(this.octets.read(at, end64Size));
    if (
      at + end64Size > end ||
      record.byteLength < end64Size ||
      record.getUint32(0, true) !== 0x06064b50 ||
      uint64(record, 4) !== end64Size - 12 ||
      at + end64Size + locatorSize !== end
    ) {
      this.refuse('its end is damaged');
    }
    return this.framed(
      { entries: uint64(record, 32), size: uint64(record, 40), offset: uint64(record, 48) },
      at,
    );
  }

  // The directory must end where its end record begins.
  private framed(directory: Directory, end: number): Directory {
    if (directory.offset + directory.size !== end) {
      this.refuse('there is something before the zip, or between its parts');
    }
    return directory;
  }

  private readDirectory({ offset, size, entries }: Directory): void {
    let occupied = 0;
    let window: Uint8Array = new Uint8Array(0);
    let windowAt = offset;
    let at = offset;
    const take = (length: number): DataView => {
      if (at + length > offset + size) this.refuse('the directory of the zip is damaged');
      if (at + length > windowAt + window.length) {
        windowAt = at;
        window = this.octets.read(at, Math.max(length, windowSize));
      }
      const view = viewOf(window.subarray(at - windowAt, at - windowAt + length));
      at += length;
      return view;
    };
    for (let i = 0; i < entries; ++i) {
      const header = take(directoryHeaderSize);
      const mode = header.getUint32(38, true) >>> 16;
      if (header.getUint32(0, true) !== 0x02014b50)
        this.refuse('the directory of the zip is damaged');
      const nameSize = header.getUint16(28, true);
      const extraSize = header.getUint16(30, true);
      const variable = take(nameSize + extraSize + header.getUint16(32, true));
      const entry = this.entryOf(header, variable, nameSize, extraSize);
      occupied += localHeaderSize + nameSize + entry.compressedSize;
      if (occupied > this.octets.size) this.refuse('files in the zip overlap');
      this.add(entry, mode);
    }
    if (at !== offset + size) {
      this.refuse('the directory of the zip has more entries than it counts');
    }
  }

  private entryOf(
    header: DataView,
    variable: DataView,
    nameSize: number,
    extraSize: number,
  ): Entry {
    const octets = new Uint8Array(variable.buffer, variable.byteOffset, variable.byteLength);
    const name = decodeUtf8(octets.subarray(0, nameSize));
    if (name === null) this.refuse('a name is not UTF-8');
    const entry = {
      name,
      flags: header.getUint16(8, true),
      method: header.getUint16(10, true),
      crc: header.getUint32(16, true),
      compressedSize: header.getUint32(20, true),
      size: header.getUint32(24, true),
      headerOffset: header.getUint32(42, true),
      renamed: false,
    };
    const extra = octets.subarray(nameSize, nameSize + extraSize);
    this.applyZip64(entry, extra);
    entry.renamed = !extraFieldsName(extra, octets.subarray(0, nameSize));
    return entry;
  }

  // The zip64 extra field (APPNOTE 4.5.3) has what did not fit, in this order.
  private applyZip64(entry: Entry, extra: Uint8Array): void {
    const sound = forEachExtraField(extra, (id, values) => {
      let field = 0;
      for (const name of ['size', 'compressedSize', 'headerOffset'] as const) {
        if (id !== 1 || entry[name] !== unsetLong) continue;
        if (field + 8 > values.length) return false;
        entry[name] = uint64(viewOf(values), field);
        field += 8;
      }
      return true;
    });
    if (!sound) this.refuse('the directory of the zip is damaged');
  }

  private add(entry: Entry, mode: number): void {
    // Some programs store folders too.
    if (entry.name.endsWith('/') && entry.size === 0) {
      const fault = faultOfName(entry.name.slice(0, -1));
      if (fault !== '') this.refuse(fault);
      if (entry.renamed || entry.compressedSize > 2) {
        this.refuse(`a folder has octets of its own: ${entry.name}`);
      }
      this.folders.push(entry);
      return;
    }
    const fault = faultOfName(entry.name) || faultOfEntry(entry, mode);
    if (fault !== '') this.refuse(fault);
    const key = folded(entry.name);
    if (this.entries.has(key)) {
      this.refuse('two names are the same, but for the case of letters');
    }
    this.entries.set(key, entry);
  }

  // Where the octets of a file begin; its local header must agree with the directory.
  private placeOf(entry: Entry): Place {
    const fail = (what: string): never => {
      throw new Malformed(what, entry.name);
    };
    const name = encodeUtf8(entry.name);
    const octets = this.octets.read(entry.headerOffset, localHeaderSize + name.length);
    const header = viewOf(octets);
    const agrees =
      octets.length === localHeaderSize + name.length &&
      header.getUint32(0, true) === 0x04034b50 &&
      header.getUint16(8, true) === entry.method &&
      this.fieldAgrees(header, 14, entry.crc) &&
      this.fieldAgrees(header, 18, entry.compressedSize) &&
      this.fieldAgrees(header, 22, entry.size) &&
      header.getUint16(26, true) === name.length;
    if (!agrees) fail('the header before its octets contradicts the directory');
    const extraAt = entry.headerOffset + octets.length;
    const extraSize = header.getUint16(28, true);
    const extra = this.octets.read(extraAt, extraSize);
    if (
      !equal(octets.subarray(localHeaderSize), name) ||
      extra.length !== extraSize ||
      !extraFieldsName(extra, name)
    ) {
      fail('the header before its octets has another name than the directory');
    }
    return {
      octetsAt: extraAt + extraSize,
      sizesLater: (header.getUint16(6, true) & 8) !== 0,
    };
  }

  // The octets of a file, and its sizes if they stand behind, end where the next file begins.
  private checkBehind(entry: Entry, { octetsAt, sizesLater }: Place): void {
    const next = this.startBehind(entry.headerOffset);
    const end = octetsAt + entry.compressedSize;
    if (end === next) return;
    if (end > next) throw new Malformed('its octets reach into what follows', entry.name);
    const isDescribed =
      sizesLater && next - end <= 24 && isDescriptor(this.octets.read(end, next - end), entry);
    if (isDescribed) return;
    throw new Malformed('there are octets behind it that belong to no file', entry.name);
  }

  // With flag bit 3 a value may be 0 and follow the octets; 0xFFFFFFFF stands for zip64.
  private fieldAgrees(header: DataView, at: number, value: number): boolean {
    const field = header.getUint32(at, true);
    const isLater = (header.getUint16(6, true) & 8) !== 0;
    return field === value || (isLater && field === 0) || (at !== 14 && field === unsetLong);
  }

  private *inflated(entry: Entry, start: number): Generator<Uint8Array> {
    const fail = (what: string): never => {
      throw new Malformed(what, entry.name);
    };
    let out: Uint8Array[] = [];
    const inflate =
      entry.method === 0
        ? null
        : new Inflate((chunk) => {
            out.push(chunk);
          });
    // Also once when there are none: no octets are no deflate.
    for (let at = 0; at < Math.max(entry.compressedSize, entry.method); at += pieceSize) {
      const want = Math.min(pieceSize, entry.compressedSize - at);
      const piece = this.octets.read(start + at, want);
      if (piece.length < want) fail('it is shorter than declared');
      if (inflate === null) {
        yield piece;
        continue;
      }
      try {
        inflate.push(piece, at + want === entry.compressedSize);
      } catch {
        // how that library says that it is no deflate
        fail('its compressed octets are damaged');
      }
      yield* out;
      out = [];
    }
    if (inflate !== null && octetsLeft(inflate) > 0) {
      fail('there are octets behind its compressed ones');
    }
  }
}

// Octets that were given and are no part of the deflated ones. fflate keeps them in `p`, and in `s.p` how
// many bits of the first one it has used.
function octetsLeft(inflate: Inflate): number {
  const { p, s } = inflate as unknown as { p: Uint8Array; s: { p: number } };
  return p.length - (s.p > 0 ? 1 : 0);
}

// Checksum and both sizes, in 4 or 8 octets each, with or without a signature (APPNOTE 4.3.9).
function isDescriptor(octets: Uint8Array, entry: Entry): boolean {
  const isSigned =
    [16, 24].includes(octets.length) && viewOf(octets).getUint32(0, true) === 0x08074b50;
  const view = viewOf(isSigned ? octets.subarray(4) : octets);
  if (view.byteLength !== 12 && view.byteLength !== 20) return false;
  const sizeAt = (at: number): number =>
    view.byteLength === 12 ? view.getUint32(at, true) : uint64(view, at);
  return (
    view.getUint32(0, true) === entry.crc &&
    sizeAt(4) === entry.compressedSize &&
    sizeAt(view.byteLength === 12 ? 8 : 12) === entry.size
  );
}

function faultOfEntry(entry: Entry, mode: number): string {
  const kind = mode & 0xf000;
  if (entry.renamed) return `a file has two names: ${entry.name}`;
  if ((entry.flags & 1) !== 0) return `a file is encrypted: ${entry.name}`;
  if (kind !== 0 && kind !== 0x8000) return `holds a link or device: ${entry.name}`;
  if (entry.method === 0) {
    return entry.compressedSize === entry.size ? '' : `a stored file has two sizes: ${entry.name}`;
  }
  if (entry.method !== 8) return `a file is compressed in a way other than deflate: ${entry.name}`;
  return Math.floor(entry.size / deflateRatioMax) > entry.compressedSize
    ? `a file claims to inflate to more than deflate can: ${entry.name}`
    : '';
}
