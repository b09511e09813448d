/** One value as HTML: plain text with its lines and paragraphs, or Markdown that fits its place. */
import type { MarkedValue } from './fill.ts';
import { createMarkdown, headingLevel, headingShift, isTooDeep, setDirection, shiftedLevel } from './markdown.ts';

/** A value's place: in a paragraph, which may be split, in a list item, or on one line (a heading, a table cell). */
export interface Place {
  readonly block: 'paragraph' | 'item' | 'line';
  /** Whether the paragraph is not nested: it then has a direction of its own. */
  readonly outermost: boolean;
  /** The level of the heading that it is under; 0 when there is none. */
  readonly under: number;
}

export interface ValueHtml {
  readonly html: string;
  /** What could not be rendered as intended, one sentence each. */
  readonly notes: readonly string[];
}

const markdown = createMarkdown();
// Pictures in a value come from a visitor or a model: they must not refer to a file of the job or to an address.
markdown.renderer.rules['image'] = (tokens, index) => {
  const alternative = markdown.renderer.renderInlineAsText(tokens[index]?.children ?? [], markdown.options, {});
  return `<span class="no-image">[image not shown: ${escapeHtml(alternative)}]</span>`;
};

export function valueHtml({ kind, text }: MarkedValue, place: Place): ValueHtml {
  return kind === 'plain' ? { html: plainHtml(text, place), notes: [] } : markdownHtml(text, place);
}

function plainHtml(text: string, place: Place): string {
  const paragraphs = paragraphsOf(text).map((lines) => lines.map(lineHtml).join('<br>\n'));
  return paragraphs.join(place.block === 'paragraph' ? `</p>\n${paragraphStart(place)}` : '<br>\n<br>\n');
}

/**
 * The lines of each paragraph. Not by a regular expression, which would take quadratic time over a long run of spaces.
 */
function paragraphsOf(text: string): readonly (readonly string[])[] {
  const paragraphs: string[][] = [];
  let current: string[] | null = null;
  for (const line of text.split('\n')) {
    if (line.trim() === '') current = null;
    else if (current === null) paragraphs.push((current = [line]));
    else current.push(line);
  }
  return paragraphs;
}

const mostIndent = 40;

/** Leading spaces show which line belongs to which. */
function lineHtml(line: string): string {
  const words = line.trimStart();
  const indent = line
    .slice(0, line.length - words.length)
    .replaceAll('\t', '    ')
    .slice(0, mostIndent);
  return `${'\u00A0'.repeat(indent.length)}${escapeHtml(words)}`;
}

function markdownHtml(text: string, place: Place): ValueHtml {
  if (place.block === 'line') {
    const line = text.replaceAll(/\s+/g, ' ');
    return withImageNote(markdown.renderInline(line));
  }
  const tokens = markdown.parse(text, {});
  if (isTooDeep(tokens)) {
    return { html: plainHtml(text, place), notes: ['a value is nested too deeply to be set as Markdown'] };
  }
  const [first, inline] = tokens;
  if (tokens.length === 3 && first?.type === 'paragraph_open' && inline !== undefined) {
    return withImageNote(markdown.renderer.render([inline], markdown.options, {}));
  }
  const shift = headingShift(tokens, place.under);
  for (const token of tokens) {
    if (token.type.startsWith('heading_')) token.tag = `h${shiftedLevel(headingLevel(token), shift)}`;
  }
  if (place.outermost) setDirection(tokens);
  const html = markdown.renderer.render(tokens, markdown.options, {});
  return withImageNote(place.block === 'paragraph' ? `</p>\n${html}${paragraphStart(place)}` : `\n${html}`);
}

function withImageNote(html: string): ValueHtml {
  return { html, notes: html.includes('<span class="no-image">') ? ['an image that a value names is not shown'] : [] };
}

function paragraphStart({ outermost }: Place): string {
  return outermost ? '<p dir="auto">' : '<p>';
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
