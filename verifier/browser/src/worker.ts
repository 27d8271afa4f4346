// The thread that judges, so that the page stays usable. Files are read piece by piece.

import { Malformed } from './der.js';
import { judge, type Outcome, type Progress } from './job.js';
import type { RecordResult } from './record.js';
import type { Octets } from './source.js';
import type { Time } from './time.js';

// What the page asks.
export interface Request {
  files: File[];
  trust: File[];
  at: Time;
  atChosen: boolean;
  revocationRequired: boolean;
  logKey: string | null;
}

// What the worker tells, in this order: progress and records; then the outcome, or why there is none.
export type Message =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'record'; record: RecordResult }
  | { kind: 'outcome'; outcome: Outcome }
  | { kind: 'unreadable'; where: string; what: string }
  | { kind: 'broken'; what: string };

declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

const windowSize = 1 << 18;

// A file that the person chose. Small reads beside each other share one window.
function octetsOf(file: File): Octets {
  const reader = new FileReaderSync();
  let window = new Uint8Array(0);
  let start = 0;
  const load = (offset: number, length: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(reader.readAsArrayBuffer(file.slice(offset, offset + length)));
  return {
    name: file.name,
    size: file.size,
    read: (offset, length) => {
      if (length >= windowSize) return load(offset, length);
      if (offset < start || offset + length > start + window.length) {
        window = load(offset, windowSize);
        start = offset;
      }
      return window.subarray(offset - start, offset - start + length);
    },
  };
}

const tell = (message: Message): void => self.postMessage(message);
const progressEveryMs = 100;

function work(request: Request): void {
  let told = 0;
  const outcome = judge(
    { ...request, files: request.files.map(octetsOf), trust: request.trust.map(octetsOf) },
    {
      onRecord: (record) => tell({ kind: 'record', record }),
      onProgress: (progress) => {
        const now = Date.now();
        if (now - told < progressEveryMs) return;
        told = now;
        tell({ kind: 'progress', progress });
      },
    },
  );
  tell({ kind: 'outcome', outcome });
}

self.onmessage = ({ data }: MessageEvent<Request>) => {
  try {
    work(data);
  } catch (thrown) {
    if (thrown instanceof Malformed) {
      tell({ kind: 'unreadable', where: thrown.where, what: thrown.what });
    } else {
      tell({ kind: 'broken', what: String(thrown) });
    }
  }
};
