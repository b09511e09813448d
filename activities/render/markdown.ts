/** The Markdown of documents, for the author's text and for values that are set as Markdown. */
import createMarkdownIt, { type MarkdownIt, type Token } from 'markdown-it';

export function createMarkdown(): MarkdownIt {
  return createMarkdownIt({ html: false, linkify: false, typographer: true });
}

/** The parser drops what is nested deeper than 100; what comes near that is set as plain text instead. */
const mostNesting = 60;

export function isTooDeep(tokens: readonly Token[]): boolean {
  return tokens.some(({ level }) => level > mostNesting);
}

/** The level of a heading's token, 1 to 6. */
export function headingLevel({ tag }: Token): number {
  return Number(tag.slice(1));
}

/** How far the headings of a value move down, so that the highest stands below the heading `under` (0: none). */
export function headingShift(tokens: readonly Token[], under: number): number {
  const levels = tokens.filter(({ type }) => type === 'heading_open').map(headingLevel);
  return under === 0 || levels.length === 0 ? 0 : Math.max(0, under + 1 - levels.reduce((a, b) => Math.min(a, b)));
}

/** There is no lower heading than the sixth. */
export function shiftedLevel(level: number, shift: number): number {
  return Math.min(6, level + shift);
}

/** A block of its own is set in the direction of its first letter; what is inside takes it over. */
export function setDirection(tokens: readonly Token[]): void {
  for (const token of tokens) if (token.level === 0 && token.nesting === 1) token.attrSet('dir', 'auto');
}
