/**
 * Makes text that a spreadsheet would run as a formula harmless by a `'`. Also within a text: a spreadsheet with
 * another separator than the file's ignores the quotes of a field, and begins a cell after its separator and on each
 * line.
 */
import { delimiters, type DelimiterName } from '../../../workflows/contract/batches/table-format.ts';

/** Characters that a formula begins with, including those of East Asian keyboards. */
const signs = '+\\-＋－';
const openers = `=@＝＠${signs}`;

/** Signed numbers and telephone numbers. */
const signedNumber = /^\s*[+-][\d\s().,/-]*$/;
const formula = new RegExp(`^(?:[\\t\\r\\n]|\\s*[${openers}])`);
/** A text that begins with a sign and has none of these in its line calls no function: a list item, or a sum. */
const calling = /[(!|"=@（！｜＝＠]/;

/** A text with a `'` before each formula that it is or contains, for a table with this delimiter. */
export function harmless(text: string, delimiter: DelimiterName): string {
  const inner = text.replaceAll(/[^\r\n]+/g, (line, at: number) => harmlessLine(line, at === 0, delimiter));
  return formula.test(text) && !signedNumber.test(text) ? `'${inner}` : inner;
}

/** The first line begins with the text, which is checked as a whole. */
function harmlessLine(line: string, isFirst: boolean, delimiter: DelimiterName): string {
  const { first, next } = beginnings[delimiter];
  const calls = calling.test(line);
  return line.replaceAll(isFirst ? first : next, (opener) => (calls || !isSign(opener) ? `'${opener}` : opener));
}

function isSign(opener: string): boolean {
  return /^[+\-＋－]$/.test(opener);
}

/**
 * Finds formula characters at the beginning of a cell, after spaces and quotes. It looks back from them, which takes
 * linear time.
 */
function beginningsFor(delimiter: DelimiterName): { readonly first: RegExp; readonly next: RegExp } {
  const separators = Object.values(delimiters)
    .filter((separator) => separator !== delimiters[delimiter])
    .join('');
  const finding = (cell: string): RegExp => new RegExp(`[${openers}](?<=${cell}[\\s"]*[${openers}])`, 'g');
  return { first: finding(`[${separators}]`), next: finding(`(?:^|[${separators}])`) };
}

const beginnings: Readonly<Record<DelimiterName, ReturnType<typeof beginningsFor>>> = {
  comma: beginningsFor('comma'),
  semicolon: beginningsFor('semicolon'),
  tab: beginningsFor('tab'),
  pipe: beginningsFor('pipe'),
};
