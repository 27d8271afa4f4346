// The page: what a person chooses, and the report of it.

import { decisive } from './verdict.js';
import type { Outcome, Progress } from './job.js';
import { element, ReportView } from './page_report.js';
import { pageText, type PageText } from './texts_page.js';
import type { Language } from './texts.js';
import type { RecordResult } from './record.js';
import { parseTime, timeText, type Time } from './time.js';
import type { Message, Request } from './worker.js';

declare const PERDURA_VERSION: string;

const recordsTold = 500; // those that did not pass come first

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

let language: Language = navigator.language.startsWith('ja') ? 'ja' : 'en';
const text = (name: PageText, ...args: (string | number)[]): string =>
  pageText(language, name, ...args);

// What a run yielded so far, so that it can be drawn again in another language.
interface Run {
  at: Time;
  files: string; // their names
  trust: string;
  outcome: Outcome | null;
  records: RecordResult[]; // at most recordsTold of each verdict
  error: { heading: PageText; where: string; what: string } | null;
}

const chosen = { files: [] as File[], trust: [] as File[] };
let run: Run | null = null;
let worker: Worker | null = null;
let workerUrl: string | null = null;

function setStatus(status: string): void {
  byId('status').textContent = status;
}

function drawChosen(kind: 'files' | 'trust'): void {
  const items = chosen[kind].map((file) =>
    element('li', '', `${file.name} (${file.size.toLocaleString('en-US')})`),
  );
  byId(`${kind}-chosen`).replaceChildren(
    ...(items.length > 0 ? items : [element('li', 'quiet', text('none'))]),
  );
}

// Those that did not pass first: what a reader must see comes before what is as it should be.
function drawRecords(view: ReportView, records: RecordResult[], total: number): Node[] {
  const order = { FAILED: 0, INDETERMINATE: 1, PASSED: 2 };
  const sorted = [...records]
    .sort((a, b) => order[a.verdict] - order[b.verdict])
    .slice(0, recordsTold);
  const nodes: Node[] = [
    element('h2', '', text('records')),
    ...sorted.map((one) => view.record(one)),
  ];
  if (total > sorted.length)
    nodes.push(element('p', '', text('moreRecords', total - sorted.length)));
  return nodes;
}

function drawOutcome(view: ReportView, { outcome, records }: Run): Node[] {
  if (outcome === null) return [];
  if (outcome.kind === 'evidence') {
    const { verdict, subIndication, evidence } = outcome;
    const since = evidence.existedSince === null ? [] : [view.since(evidence.existedSince)];
    return [view.verdict(verdict, subIndication, ...since), view.evidence(evidence)];
  }
  const { summary } = outcome;
  const own = decisive(summary.report);
  const why =
    own || (records.find(({ verdict }) => verdict === summary.verdict)?.subIndication ?? '');
  return [
    view.summary(summary, summary.verdict === 'PASSED' ? '' : why),
    view.package(summary),
    ...drawRecords(view, records, summary.records),
  ];
}

function button(name: PageText, act: () => void): HTMLElement {
  const node = element('button', '', text(name));
  node.setAttribute('type', 'button');
  node.addEventListener('click', act);
  return node;
}

function drawReport(): void {
  const area = byId('report');
  area.hidden = run === null || (run.outcome === null && run.error === null);
  if (run === null || area.hidden) return;
  const view = new ReportView(language);
  const nodes =
    run.error === null
      ? drawOutcome(view, run)
      : [
          element('p', 'word', text(run.error.heading)),
          element('p', '', [run.error.where, run.error.what].filter(Boolean).join(': ')),
        ];
  const foot =
    run.error === null
      ? [
          element('p', 'quiet', text('judgedAs', timeText(run.at))),
          element('p', 'quiet', text('checked', run.files)),
          element('p', 'quiet', text('trusted', run.trust || text('nobody'))),
          element(
            'p',
            '',
            button('print', () => window.print()),
            ' ',
            button('save', saveJson),
          ),
        ]
      : [];
  area.replaceChildren(...nodes, ...foot);
}

function saveJson(): void {
  if (run === null) return;
  const json = JSON.stringify({ ...run, at: timeText(run.at) }, null, 1);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
  link.download = 'perdura-report.json';
  link.click();
  URL.revokeObjectURL(link.href);
}

function setBusy(busy: boolean): void {
  byId<HTMLButtonElement>('check').disabled = busy;
  byId('stop').hidden = !busy;
  byId('progress').hidden = !busy;
}

function showProgress(progress: Progress): void {
  const total = chosen.files.reduce((sum, file) => sum + file.size, 0);
  const bar = byId<HTMLProgressElement>('progress');
  bar.max = total;
  bar.value = Math.min(progress.octets, total);
  const parts = [text('working'), text('progressOctets', Math.round(progress.octets / 1e6))];
  if (progress.recordsTotal > 0) {
    parts.push(text('progressRecords', progress.records, progress.recordsTotal));
  }
  setStatus(parts.join(' · '));
}

function finish(): void {
  worker?.terminate();
  worker = null;
  setBusy(false);
  setStatus('');
  drawReport();
  byId('report').focus();
}

function receive(message: Message): void {
  if (run === null) return;
  switch (message.kind) {
    case 'progress':
      showProgress(message.progress);
      return;
    case 'record': {
      const alike = run.records.filter(({ verdict }) => verdict === message.record.verdict);
      if (alike.length < recordsTold) run.records.push(message.record);
      return;
    }
    case 'outcome':
      run.outcome = message.outcome;
      break;
    case 'unreadable':
      run.error = { heading: 'noVerdict', where: message.where, what: message.what };
      break;
    case 'broken':
      run.error = { heading: 'broken', where: '', what: message.what };
  }
  finish();
}

function start(): void {
  const written = byId<HTMLInputElement>('at').value.trim();
  const at = written === '' ? Math.floor(Date.now() / 1000) : parseTime(written);
  if (at === null) {
    setStatus(text('atWrong'));
    return;
  }
  if (chosen.files.length === 0) {
    setStatus(text('none'));
    return;
  }
  const named = (kind: 'files' | 'trust'): string =>
    chosen[kind].map(({ name }) => name).join(', ');
  run = {
    at,
    files: named('files'),
    trust: named('trust'),
    outcome: null,
    records: [],
    error: null,
  };
  drawReport();
  setBusy(true);
  setStatus(text('working'));
  workerUrl ??= URL.createObjectURL(
    new Blob([byId('worker').textContent ?? ''], { type: 'text/javascript' }),
  );
  worker = new Worker(workerUrl);
  worker.onmessage = ({ data }: MessageEvent<Message>) => receive(data);
  worker.onerror = (event) => receive({ kind: 'broken', what: event.message });
  const request: Request = {
    ...chosen,
    at,
    atChosen: written !== '',
    logKey: byId<HTMLInputElement>('log-key').value.trim() || null,
    revocationRequired: byId<HTMLSelectElement>('revocation').value === 'required',
  };
  worker.postMessage(request);
}

function stop(): void {
  run = null;
  finish();
  setStatus(text('stopped'));
}

function take(kind: 'files' | 'trust', files: FileList | null): void {
  if (files === null || files.length === 0) return;
  chosen[kind] = [...files];
  drawChosen(kind);
}

function acceptDrops(kind: 'files' | 'trust'): void {
  const area = byId(`${kind}-area`);
  const over =
    (is: boolean) =>
    (event: DragEvent): void => {
      event.preventDefault();
      area.classList.toggle('over', is);
    };
  area.addEventListener('dragover', over(true));
  area.addEventListener('dragleave', over(false));
  area.addEventListener('drop', (event) => {
    over(false)(event);
    take(kind, event.dataTransfer?.files ?? null);
  });
  const input = byId<HTMLInputElement>(kind);
  input.addEventListener('change', () => take(kind, input.files));
}

function drawTexts(): void {
  document.documentElement.lang = language;
  document.title = `${text('title')} – Perdura`;
  for (const node of document.querySelectorAll<HTMLElement>('[data-text]')) {
    node.textContent = text(node.dataset['text'] as PageText);
  }
  const other = byId('language');
  other.textContent = text('otherLanguage');
  other.lang = language === 'ja' ? 'en' : 'ja';
  byId('made-by').textContent = text('madeBy', PERDURA_VERSION);
  drawChosen('files');
  drawChosen('trust');
  drawReport();
}

byId('language').addEventListener('click', () => {
  language = language === 'ja' ? 'en' : 'ja';
  drawTexts();
});
byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  start();
});
byId('stop').addEventListener('click', stop);
// Paper shows everything.
window.addEventListener('beforeprint', () => {
  for (const node of byId('report').querySelectorAll('details')) node.open = true;
});
// What is dropped beside the areas must not replace the page.
for (const kind of ['dragover', 'drop'])
  window.addEventListener(kind, (event) => event.preventDefault());
acceptDrops('files');
acceptDrops('trust');
drawTexts();
