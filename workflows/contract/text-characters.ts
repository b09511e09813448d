/**
 * Characters that no text may contain: databases, models and Unicode's encodings refuse them or change them silently.
 */

/** What is wrong with the characters of a text and how to fix it; undefined when nothing is. */
export function characterProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'has a NUL character; remove it';
  return text.isWellFormed() ? undefined : 'has half of a character (a lone surrogate); remove it or write it whole';
}
