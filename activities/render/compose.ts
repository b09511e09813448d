/**
 * Composes a document of a template and its data: a pure function, run in a thread, because a value may be long or
 * nested enough to keep a parser busy for seconds.
 */
import type { JsonObject } from '../../workflows/contract/json.ts';
import { bodyHtml } from './body-html.ts';
import { htmlDocument, sanitized } from './document.ts';
import { fillMarkdown } from './fill.ts';
import { filledMarkdown } from './filled-markdown.ts';

export interface ComposeInput {
  readonly template: string;
  readonly data: JsonObject;
  /** The document's title when it has no heading of the first level. */
  readonly fallbackTitle: string;
}

export interface Composed {
  readonly markdown: string;
  readonly html: string;
  /** What could not be set as it was meant, one sentence each. */
  readonly notes: readonly string[];
}

export default function compose({ template, data, fallbackTitle }: ComposeInput): Composed {
  const filled = fillMarkdown(template, data);
  const { html, title, notes } = bodyHtml(filled);
  return {
    markdown: filledMarkdown(filled),
    html: htmlDocument(sanitized(html), title ?? fallbackTitle),
    notes,
  };
}
