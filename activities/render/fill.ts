/**
 * Fills a Markdown template without passing values through the Markdown parser: each value leaves a mark in the text,
 * and replaces its mark after the author's own Markdown has been parsed. So no value can change what the author wrote.
 */
import Mustache from 'mustache';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import { asText } from '../../workflows/contract/lead-magnets/template.ts';

/** `plain` is `{{name}}`, plain text; `markdown` is `{{{name}}}`, rendered as Markdown. */
export interface MarkedValue {
  readonly kind: 'plain' | 'markdown';
  readonly text: string;
}

export interface MarkedText {
  readonly text: string;
  readonly values: readonly MarkedValue[];
}

/** A piece of marked text: either the author's text, or a value. */
export type Piece = string | MarkedValue;

const marks = /\uE000(\d+)\uE001/;
const markCharacters = /[\uE000\uE001]/g;

/**
 * Throws `Error` with a sentence when the template's tags do not match, and `RangeError` when the result would be too
 * long.
 */
export function fillMarkdown(template: string, data: JsonObject): MarkedText {
  const writer = new MarkingWriter();
  const text = writer.render(template.replaceAll(markCharacters, ''), data, {});
  return { text, values: writer.values };
}

/** People read documents; a longer one is a mistake or an attack, and only costs memory. */
const mostCharacters = 20_000_000;

class MarkingWriter extends Mustache.Writer {
  readonly values: MarkedValue[] = [];
  #characters = 0;

  override rawValue(token: string[]): string {
    const text = super.rawValue(token);
    this.#count(text);
    return text;
  }

  override escapedValue(token: string[], context: InstanceType<typeof Mustache.Context>): string {
    return this.#mark('plain', token, context);
  }

  override unescapedValue(token: string[], context: InstanceType<typeof Mustache.Context>): string {
    return this.#mark('markdown', token, context);
  }

  #mark(kind: MarkedValue['kind'], [, name = '']: string[], context: InstanceType<typeof Mustache.Context>): string {
    const value: unknown = context.lookup(name);
    const text = value === undefined || value === null ? '' : normalized(asText(value));
    if (text === '') return '';
    this.#count(text);
    this.values.push({ kind, text });
    return `\uE000${this.values.length - 1}\uE001`;
  }

  #count({ length }: string): void {
    this.#characters += length;
    if (this.#characters > mostCharacters) {
      throw new RangeError(`it is longer than ${mostCharacters / 1_000_000} million characters`);
    }
  }
}

function normalized(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replace(/^\n+/, '').trimEnd();
}

/** The author's text and the values in between, in order. */
export function piecesOf(text: string, values: readonly MarkedValue[]): readonly Piece[] {
  return text
    .split(marks)
    .map((part, index) => (index % 2 === 0 ? part : (values[Number(part)] ?? '')))
    .filter((piece) => piece !== '');
}

/** The text with every value as it is, for places that hold only characters: code, the title of a document. */
export function unmarked(text: string, values: readonly MarkedValue[]): string {
  return piecesOf(text, values)
    .map((piece) => (typeof piece === 'string' ? piece : piece.text))
    .join('');
}
