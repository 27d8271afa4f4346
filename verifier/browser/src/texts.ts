// The languages of the page: a sentence is looked up by its English text.

import { findingsInJapanese } from './texts_findings.js';

// A sentence that has its translation.
export type Sentence = keyof typeof findingsInJapanese;
export type Language = 'en' | 'ja';

// The sentence in a language, with {0}, {1} replaced.
export function say(language: Language, sentence: Sentence, args: readonly string[]): string {
  const template: string = language === 'ja' ? findingsInJapanese[sentence] : sentence;
  return template.replace(/\{([0-9])\}/g, (whole, n: string) => args[Number(n)] ?? whole);
}
