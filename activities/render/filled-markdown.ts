/**
 * Turns marked Markdown into Markdown with the values in it, for the file that people edit further. Plain values are
 * escaped and keep their lines by hard breaks; each line of a value starts like the line that it is in, so that it
 * stays in its list item or quotation.
 */
import type { Token } from 'markdown-it';
import { piecesOf, unmarked, type MarkedText, type MarkedValue } from './fill.ts';
import { createMarkdown, headingLevel, headingShift, shiftedLevel } from './markdown.ts';

/**
 * How values are inserted in a line: as they are (code), on one line (headings, tables), or with lines of their own.
 */
type LineKind = 'code' | 'line' | 'lines';

export function filledMarkdown({ text, values }: MarkedText): string {
  const tokens = createMarkdown().parse(text, {});
  const kinds = lineKinds(tokens);
  const headings = headingLines(tokens);
  let under = 0;
  return text
    .split('\n')
    .map((line, index) => {
      under = headings.get(index) ?? under;
      return filledLine(line, kinds.get(index) ?? 'lines', under, values);
    })
    .join('\n');
}

function lineKinds(tokens: readonly Token[]): ReadonlyMap<number, LineKind> {
  const kinds = new Map<number, LineKind>();
  const kindOf: Readonly<Record<string, LineKind>> = {
    fence: 'code',
    code_block: 'code',
    heading_open: 'line',
    table_open: 'line',
  };
  for (const { type, map } of tokens) {
    const kind = kindOf[type];
    if (kind !== undefined && map !== null) for (let line = map[0]; line < map[1]; line += 1) kinds.set(line, kind);
  }
  return kinds;
}

function headingLines(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const headings = tokens.filter(({ type, map }) => type === 'heading_open' && map !== null);
  return new Map(headings.map((token) => [token.map?.[0] ?? 0, headingLevel(token)]));
}

function filledLine(line: string, kind: LineKind, under: number, values: readonly MarkedValue[]): string {
  if (kind === 'code') return unmarked(line, values);
  const prefix = continuation(line);
  return piecesOf(line, values)
    .map((piece) => (typeof piece === 'string' ? piece : filledValue(piece, kind, prefix, under)))
    .join('');
}

function filledValue(value: MarkedValue, kind: 'line' | 'lines', prefix: string, under: number): string {
  const text =
    value.kind === 'plain' ? escaped(value.text) : kind === 'lines' ? shifted(value.text, under) : value.text;
  const lines = text.split('\n');
  if (kind === 'line') return lines.map((line) => line.trim()).join(' ');
  return lines
    .map((line, index) => {
      const next = lines[index + 1]?.trim() ?? '';
      const hardBreak = value.kind === 'plain' && line.trim() !== '' && next !== '' ? '\\' : '';
      return `${index === 0 ? '' : prefix}${line}${hardBreak}`.trimEnd();
    })
    .join('\n');
}

/**
 * The prefix of a further line of the same paragraph: quotation marks again, and spaces in place of a list's bullets.
 */
function continuation(line: string): string {
  const start = /^(?:\s*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)))*\s*/.exec(line)?.[0] ?? '';
  return start.replaceAll(/[^>\s]/g, ' ');
}

/** A value is data: none of its characters has a meaning in Markdown. */
function escaped(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim().replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`))
    .join('\n');
}

/** A value's Markdown with its headings moved below the heading that it is under, and its last code block closed. */
function shifted(text: string, under: number): string {
  const tokens = createMarkdown().parse(text, {});
  const shift = headingShift(tokens, under);
  const lines = text.split('\n');
  for (const token of tokens) {
    if (token.type !== 'heading_open' || token.map === null || shift === 0) continue;
    const marks = '#'.repeat(shiftedLevel(headingLevel(token), shift));
    const [first, end] = token.map;
    if (token.markup.startsWith('#')) lines[first] = (lines[first] ?? '').replace(/#+/, marks);
    else {
      lines[first] = `${marks} ${lines.slice(first, end - 1).join(' ')}`;
      lines.fill('', first + 1, end);
    }
  }
  const last = tokens.at(-1);
  const open = last?.type === 'fence' && last.level === 0 && lines.at(-1)?.trim().startsWith(last.markup) !== true;
  return open ? [...lines, last.markup].join('\n') : lines.join('\n');
}
