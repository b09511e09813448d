/** Turns marked Markdown into the HTML of a document's body: the author's Markdown with every value in its place. */
import type { MarkdownIt, Token } from 'markdown-it';
import { imageKind, type ImageKind } from '../../workflows/contract/documents/images.ts';
import { piecesOf, unmarked, type MarkedText, type MarkedValue } from './fill.ts';
import { createMarkdown, headingLevel, setDirection } from './markdown.ts';
import { escapeHtml, valueHtml, type Place } from './value-html.ts';

export interface BodyHtml {
  readonly html: string;
  /** The text of the first heading of level one. */
  readonly title: string | null;
  readonly images: readonly ImageSource[];
  readonly notes: readonly string[];
}

/**
 * An image that the author's Markdown refers to, once. In the HTML, `lodestone-image:<its index>` stands for its
 * address.
 */
export interface ImageSource {
  readonly kind: ImageKind | null;
  readonly source: string;
}

/** A list in the data may create any number of places, and refer to as many images. */
const mostPlaces = 2_000;
const mostSources = 100;

const links = createMarkdown();

export function bodyHtml({ text, values }: MarkedText): BodyHtml {
  const author = createMarkdown();
  // Links contain marks until their values are filled in: they are checked and encoded afterwards.
  author.validateLink = () => true;
  author.normalizeLink = (url) => url;
  author.normalizeLinkText = (url) => url;
  const tokens = author.parse(text, {});
  setDirection(tokens);
  const places = placesOf(tokens, values);
  const notes = new Set<string>();
  const images = new Map<string, ImageSource & { readonly index: number }>();
  let imagePlaces = 0;
  author.renderer.rules['text'] = (children, index) => {
    const child = children[index];
    const place = child === undefined ? undefined : places.get(child);
    if (child === undefined || place === undefined) return '';
    const parts = piecesOf(child.content, values).map((piece) => {
      if (typeof piece === 'string') return escapeHtml(piece);
      const value = valueHtml(piece, place);
      for (const note of value.notes) notes.add(note);
      return value.html;
    });
    return parts.join('');
  };
  author.renderer.rules['image'] = (children, index) => {
    const child = children[index];
    const written = String(child?.attrGet('src') ?? '');
    const text = unmarked(author.renderer.renderInlineAsText(child?.children ?? [], author.options, {}), values);
    const [kind, source] = [imageKind(written), filledUrl(written, values)];
    const key = `${kind} ${source}`;
    imagePlaces += 1;
    if (imagePlaces > mostPlaces || (images.size === mostSources && !images.has(key))) {
      notes.add(
        `a document shows at most ${mostSources} different images, at ${mostPlaces} places: some are not shown`,
      );
      return imageText(escapeHtml(text));
    }
    const { index: number } = images.get(key) ?? { index: images.size };
    images.set(key, { kind, source, index: number });
    return imagePlace(number, text);
  };
  const html = withoutEmptyParagraphs(render(author, tokens));
  return { html, title: titleOf(tokens, values), images: [...images.values()], notes: [...notes] };
}

/** In the form that `place-images.ts` finds. */
export function logoPlace(index: number): string {
  return `<img src="lodestone-image:${index}" alt="" class="logo" />`;
}

/** Replaces an image that is not shown. */
export function imageText(alternativeHtml: string): string {
  return `<span class="no-image">[image not shown: ${alternativeHtml}]</span>`;
}

/** Placeholder for an image until it is loaded. */
function imagePlace(index: number, alternative: string): string {
  return `<img src="lodestone-image:${index}" alt="${escapeHtml(alternative)}">`;
}

function render(author: MarkdownIt, tokens: Token[]): string {
  return author.renderer.render(tokens, author.options, {});
}

/** Fills places that hold only characters, and marks where all other text is. */
function placesOf(tokens: readonly Token[], values: readonly MarkedValue[]): ReadonlyMap<Token, Place> {
  const places = new Map<Token, Place>();
  let under = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'heading_open') under = headingLevel(token);
    if (token.type === 'fence' || token.type === 'code_block') {
      token.content = unmarked(token.content, values);
      token.info = unmarked(token.info, values);
    }
    const parent = tokens[index - 1];
    const block = parent?.type !== 'paragraph_open' ? 'line' : parent.hidden ? 'item' : 'paragraph';
    for (const child of token.children ?? []) {
      // There is no room for a paragraph inside emphasis or a link.
      const place = child.level === 0 ? block : 'line';
      places.set(child, { block: place, outermost: parent?.level === 0, under });
      if (child.type === 'code_inline') child.content = unmarked(child.content, values).replaceAll('\n', ' ');
      if (child.type === 'link_open') fillLink(child, values);
    }
  }
  return places;
}

function fillLink(token: Token, values: readonly MarkedValue[]): void {
  const href = links.normalizeLink(filledUrl(String(token.attrGet('href') ?? ''), values));
  token.attrSet('href', links.validateLink(href) ? href : '');
  const title = token.attrGet('title');
  if (title !== null) token.attrSet('title', unmarked(String(title), values));
}

/**
 * A value that is the whole URL or part of its path is used as it is; in the query it is a component and cannot add
 * another.
 */
function filledUrl(text: string, values: readonly MarkedValue[]): string {
  let url = '';
  for (const piece of piecesOf(text, values)) {
    if (typeof piece === 'string') url += piece;
    else url += /[?#]/.test(url) && piece.kind === 'plain' ? encodeURIComponent(piece.text) : piece.text;
  }
  return url;
}

function titleOf(tokens: readonly Token[], values: readonly MarkedValue[]): string | null {
  const heading = tokens.findIndex(({ type, tag }) => type === 'heading_open' && tag === 'h1');
  if (heading === -1) return null;
  const text = (tokens[heading + 1]?.children ?? []).map(({ type, content }) => (type === 'softbreak' ? ' ' : content));
  return unmarked(text.join(''), values).replaceAll(/\s+/g, ' ').trim();
}

function withoutEmptyParagraphs(html: string): string {
  return html.replaceAll(/<p(?: dir="auto")?><\/p>\n?/g, '');
}
