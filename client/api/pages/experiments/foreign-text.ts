/** Texts of models and of code under test, made safe to look at: bounded, and with nothing in them that cannot be seen. */
import { cutText } from '../../../../workflows/contract/cut-text.ts';

/** Control characters but tab and line feed, and characters that turn, hide or break the text around them. */
const unseen = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\t\n]]/gv;

/** The text with each character that would not be seen as its number, such as `\u{202E}`. */
export function visibleText(text: string): string {
  return text.toWellFormed().replaceAll(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).toUpperCase()}}`;
  });
}

/** The beginning of a text; how much was left out is told. */
export function boundedText(text: string, most: number): string {
  if (text.length <= most) return visibleText(text);
  const kept = cutText(text, most);
  return `${visibleText(kept)}… (${(text.length - kept.length).toLocaleString('en-US')} more characters)`;
}

/** The lines of Python code, as Python counts them. */
export function codeLines(code: string): readonly string[] {
  return code.split(/\r\n|\r|\n/);
}
