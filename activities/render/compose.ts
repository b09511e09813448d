/**
 * Composes a document from a template and its data: a pure function that runs in a thread, because a long or deeply
 * nested value can keep a parser busy for seconds.
 */
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { JobReference } from '../../workflows/contract/jobs/job.ts';
import { bodyHtml, logoPlace, type ImageSource } from './body-html.ts';
import { htmlDocument, sanitized } from './document.ts';
import { fillMarkdown } from './fill.ts';
import { filledMarkdown } from './filled-markdown.ts';

export interface ComposeInput {
  readonly template: string;
  readonly data: JsonObject;
  /** The document's title when it has no heading of level one. */
  readonly fallbackTitle: string;
  readonly look?: JobReference['look'] | undefined;
}

export interface Composed {
  readonly markdown: string;
  /** The HTML with places for the images, in their order. */
  readonly html: string;
  readonly images: readonly ImageSource[];
  /** What could not be rendered as intended, one sentence each. */
  readonly notes: readonly string[];
}

export default function compose({ template, data, fallbackTitle, look }: ComposeInput): Composed {
  const filled = fillMarkdown(template, data);
  const { html, title, images, notes } = bodyHtml(filled);
  const logo = look?.logo ?? null;
  const header = logo === null ? '' : logoPlace(images.length);
  return {
    markdown: filledMarkdown(filled),
    html: htmlDocument(`${header}${sanitized(html)}`, title ?? fallbackTitle, look?.language ?? 'en'),
    images: logo === null ? images : [...images, { kind: 'web', source: logo }],
    notes,
  };
}
