/**
 * Texts that a spreadsheet would run as a formula, made harmless by a `'`. Also within a text: a spreadsheet whose separator
 * is not the file's does not mind the quotes of the field, and a cell begins after its separator and on each line.
 */
import { delimiters, type DelimiterName } from '../../../workflows/contract/batches/table-format.ts';

/** What a formula begins with, as East Asian keyboards write it too. */
const signs = '+\\-＋－';
const openers = `=@＝＠${signs}`;

/** Signed numbers and telephone numbers. */
const signedNumber = /^\s*[+-][\d\s().,/-]*$/;
const formula = new RegExp(`^(?:[\\t\\r\\n]|\\s*[${openers}])`);
/** Without any of these in its line, what begins with a sign calls nothing: an item of a list, or a sum. */
const calling = /[(!|"=@（！｜＝＠]/;

/** A text with a `'` before each formula that it is, or holds, in a table with the delimiter. */
export function harmless(text: string, delimiter: DelimiterName): string {
  const inner = text.replaceAll(/[^\r\n]+/g, (line, at: number) => harmlessLine(line, at === 0, delimiter));
  return formula.test(text) && !signedNumber.test(text) ? `'${inner}` : inner;
}

/** The first line begins with the text, which is looked at as a whole. */
function harmlessLine(line: string, isFirst: boolean, delimiter: DelimiterName): string {
  const { first, next } = beginnings[delimiter];
  const calls = calling.test(line);
  return line.replaceAll(isFirst ? first : next, (opener) => (calls || !isSign(opener) ? `'${opener}` : opener));
}

function isSign(opener: string): boolean {
  return /^[+\-＋－]$/.test(opener);
}

/** Finds what opens a formula at the beginning of a cell, behind blanks and quotes. Looks back from there, which is linear. */
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
