/**
 * Cuts texts of foreign origin, such as a provider's message, a page's address or a model's words, to a length. Safe in the
 * workflow sandbox.
 */

/**
 * The beginning of a text, at most `most` UTF-16 units as JavaScript and the schemas count them, never half of a character.
 * What no database and no JSON reader takes, NUL and lone surrogates, becomes the replacement character.
 */
export function cutText(text: string, most: number): string {
  const isSplit = text.length > most && /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) && isLow(text.charAt(most));
  return storableText(text.slice(0, isSplit ? most - 1 : most));
}

/** Like `cutText`, with `…` behind a text that was cut. */
export function shortenText(text: string, most: number): string {
  return text.length > most ? `${cutText(text, most)}…` : storableText(text);
}

/** The text without NUL and lone surrogates. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

function isLow(unit: string): boolean {
  return /[\uDC00-\uDFFF]/.test(unit);
}
