/** Texts of models and of code under test, made safe to look at: with nothing in them that cannot be seen. */

/** Control characters but tab and line feed, and characters that turn, hide or break the text around them. */
const unseen = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\t\n]]/gv;

/** The text with each character that would not be seen as its number, such as `\u{202E}`. */
export function visibleText(text: string): string {
  return text.toWellFormed().replaceAll(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).toUpperCase()}}`;
  });
}
