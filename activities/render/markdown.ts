/** The Markdown parser of documents, for the author's text and for values that are rendered as Markdown. */
import createMarkdownIt, { type MarkdownIt, type Token } from 'markdown-it';

export function createMarkdown(): MarkdownIt {
  return createMarkdownIt({ html: false, linkify: false, typographer: true });
}

/**
 * The parser drops content that is nested deeper than 100 levels; content close to that is rendered as plain text
 * instead.
 */
const mostNesting = 60;

export function isTooDeep(tokens: readonly Token[]): boolean {
  return tokens.some(({ level }) => level > mostNesting);
}

/** The level of a heading's token, 1 to 6. */
export function headingLevel({ tag }: Token): number {
  return Number(tag.slice(1));
}

/** How far the headings of a value move down, so that the highest is below the heading `under` (0: none). */
export function headingShift(tokens: readonly Token[], under: number): number {
  const levels = tokens.filter(({ type }) => type === 'heading_open').map(headingLevel);
  return under === 0 || levels.length === 0 ? 0 : Math.max(0, under + 1 - levels.reduce((a, b) => Math.min(a, b)));
}

/** There is no lower heading than level six. */
export function shiftedLevel(level: number, shift: number): number {
  return Math.min(6, level + shift);
}

/** A separate block gets the direction of its first letter; nested content inherits it. */
export function setDirection(tokens: readonly Token[]): void {
  for (const token of tokens) if (token.level === 0 && token.nesting === 1) token.attrSet('dir', 'auto');
}
