// Draws a report. Whatever comes from the input is put in as text, never as HTML.

import { pageText, type PageText } from './texts_page.js';
import { say, type Language } from './texts.js';
import type { EvidenceReport } from './evidence.js';
import type { PackageSummary } from './package.js';
import type { RecordResult } from './record.js';
import { timeText, type Time } from './time.js';
import {
  verdictOf,
  type Finding,
  type Report,
  type SubIndication,
  type Verdict,
} from './verdict.js';

// An element with a class and children; text is put in as text.
export function element(
  name: string,
  className: string,
  ...children: (Node | string)[]
): HTMLElement {
  const node = document.createElement(name);
  if (className !== '') node.className = className;
  node.append(...children.map((child) => (typeof child === 'string' ? printable(child) : child)));
  return node;
}

// Controls, and what turns the direction of writing or can't be seen, would mislead.
function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (c) => `\\u{${c.codePointAt(0)!.toString(16).toUpperCase()}}`,
  );
}

const tone = (verdict: Verdict): string => verdict.toLowerCase();
const word = (verdict: Verdict, why: SubIndication): string =>
  why === '' ? verdict : `${verdict} (${why})`;
const grouped = (number: number): string => number.toLocaleString('en-US');

export class ReportView {
  constructor(private readonly language: Language) {}

  private text(name: PageText, ...args: (string | number)[]): string {
    return pageText(this.language, name, ...args);
  }

  // The verdict, large, with what it means.
  verdict(verdict: Verdict, why: SubIndication, ...more: string[]): HTMLElement {
    const key = tone(verdict) as 'passed' | 'indeterminate' | 'failed';
    return element(
      'div',
      `verdict ${key}`,
      element('p', 'word', `${this.text(key)}: ${word(verdict, why)}`),
      ...[...more, this.text(`${key}Means`)].map((line) => element('p', '', line)),
    );
  }

  summary(summary: PackageSummary, why: SubIndication): HTMLElement {
    const { header } = summary;
    const origin =
      header === null
        ? []
        : [
            this.text(
              'archive',
              `'${header.archive}'`,
              timeText(header.exportedAt),
              `'${header.exportedBy}'`,
            ),
          ];
    return this.verdict(
      summary.verdict,
      why,
      ...origin,
      this.text(
        'counts',
        grouped(summary.records),
        grouped(summary.passed),
        grouped(summary.indeterminate),
        grouped(summary.failed),
        grouped(summary.files),
        grouped(summary.bytes),
      ),
    );
  }

  evidence(evidence: EvidenceReport): HTMLElement {
    return this.section(this.text('evidence'), evidence.report);
  }

  package(summary: PackageSummary): HTMLElement {
    return this.section(this.text('wholePackage'), summary.report);
  }

  record(record: RecordResult): HTMLElement {
    const lines: Node[] = [];
    if (record.verdict === 'PASSED' && record.existedSince !== null) {
      lines.push(element('p', '', this.since(record.existedSince)));
      for (const track of record.tracks) {
        if (track.verdict !== 'PASSED') continue;
        const self = track.selfAsserted ? ` (${this.text('selfAsserted')})` : '';
        lines.push(element('p', 'quiet', this.text('by', `'${track.tsa || track.name}'`) + self));
      }
    }
    return element(
      'article',
      `record ${tone(record.verdict)}`,
      element(
        'h3',
        '',
        element('span', 'mark', word(record.verdict, record.subIndication)),
        ' ',
        record.record,
      ),
      ...lines,
      element('p', 'quiet', this.text('documents', grouped(record.documents))),
      this.troubles(record.report),
      this.details(record.report),
    );
  }

  since(time: Time): string {
    return this.text('since', timeText(time));
  }

  private section(title: string, report: Report): HTMLElement {
    return element(
      'section',
      `record ${tone(verdictOf(report))}`,
      element('h3', '', title),
      this.troubles(report),
      this.details(report),
    );
  }

  // What is not PASSED, and what the reader should know: always seen.
  private troubles(report: Report): HTMLElement {
    return element(
      'div',
      'tree',
      this.tree(report, (one) => one.verdict !== 'PASSED' || one.warning),
    );
  }

  // Everything, on demand.
  private details(report: Report): HTMLElement {
    return element(
      'details',
      '',
      element('summary', '', this.text('details')),
      element(
        'div',
        'tree',
        this.tree(report, () => true),
      ),
    );
  }

  private tree(report: Report, isTold: (finding: Finding) => boolean): HTMLElement {
    const list = element('ul', '');
    for (const finding of report.findings) if (isTold(finding)) list.append(this.finding(finding));
    for (const part of report.parts) {
      const inner = this.tree(part, isTold);
      if (inner.childElementCount === 0) continue;
      const subject = say(this.language, part.subject, part.subjectArgs);
      list.append(element('li', '', element('span', 'subject', subject), inner));
    }
    return list;
  }

  private finding(finding: Finding): HTMLElement {
    const { verdict, subIndication, warning, detail, rule } = finding;
    const mark = warning ? this.text('note') : word(verdict, subIndication);
    const source = [detail, rule].filter((text) => text !== '').join('; ');
    return element(
      'li',
      warning ? 'indeterminate' : tone(verdict),
      element('span', 'mark', `${mark}:`),
      ' ',
      say(this.language, finding.what, finding.args),
      ...(source === '' ? [] : [element('span', 'detail', source)]),
    );
  }
}
