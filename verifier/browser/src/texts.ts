// The languages of the page: a sentence is looked up by its English text.

import { findingsInJapanese } from './texts_findings.js';

// A sentence that has its translation.
export type Sentence = keyof typeof findingsInJapanese;
export type Language = 'en' | 'ja';

function translated(language: Language, text: string): string {
  return language === 'ja' && Object.hasOwn(findingsInJapanese, text)
    ? findingsInJapanese[text as Sentence]
    : text;
}

// The sentence in a language, with {0}, {1} replaced; what they stand for may be a sentence itself.
export function say(language: Language, sentence: Sentence, args: readonly string[]): string {
  return translated(language, sentence).replace(/\{([0-9])\}/g, (whole, n: string) =>
    translated(language, args[Number(n)] ?? whole),
  );
}
