/**
 * What an image of a document may refer to: a file of the job (`artifact:look.screen-0001.png`), or a web address whose
 * host the author wrote. Values of visitors and models may fill in the rest, but never choose the host of a request.
 */
import createMarkdownIt, { type Token } from 'markdown-it';
import type { LeadMagnet } from '../lead-magnets/lead-magnet.ts';
import { cutText } from '../cut-text.ts';

/** Placeholder for a value while the host is checked. No host may contain it. */
const hole = '\uE000';

const artifactPrefix = 'artifact:';
const webAddress = /^https?:\/\/[^/?#\\@\s\uE000]+(?:[/?#]|$)/i;

export type ImageKind = 'artifact' | 'web';

/** The reference as its author wrote it, with `\uE000` in place of values; null for what must not be shown. */
export function imageKind(source: string): ImageKind | null {
  if (source.startsWith(artifactPrefix)) return 'artifact';
  return webAddress.test(source) ? 'web' : null;
}

/** The name of the file that an image refers to. */
export function artifactName(source: string): string {
  return source.slice(artifactPrefix.length);
}

/** The problems of the images in a definition's reports and mails. */
export function imageProblems(leadMagnet: LeadMagnet): { readonly path: string; readonly message: string }[] {
  const templates = [
    ...leadMagnet.steps.map((step, index) => ({
      path: `steps[${index}].template`,
      template: step.kind === 'render' ? step.template : undefined,
    })),
    ...leadMagnet.deliver.map((delivery, index) => ({
      path: `deliver[${index}].markdown`,
      template: delivery.kind === 'email' ? delivery.markdown : undefined,
    })),
  ];
  return templates.flatMap(({ path, template }) => {
    const messages = imageSources(template ?? '').flatMap((source) => sourceProblem(source, leadMagnet) ?? []);
    return [...new Set(messages)].map((message) => ({ path, message }));
  });
}

function sourceProblem(source: string, { steps, form }: LeadMagnet): string | undefined {
  const shown = cutText(source.replaceAll(hole, '{{…}}'), 200);
  const kind = imageKind(source);
  if (kind === null) {
    return `the image ${shown} must be artifact:<name>, a file of the job, or an http address whose host is written out`;
  }
  const name = artifactName(source);
  if (kind === 'web' || name.includes(hole)) return undefined;
  const files = form.fields.filter(({ type }) => type === 'file').map(({ id }) => `form.${id}.`);
  const known = [...steps.map(({ id }) => `${id}.`), ...files];
  return known.some((start) => name.startsWith(start))
    ? undefined
    : `nothing in this job makes the image ${shown}; names begin with ${known.join(', ')}`;
}

function imageSources(template: string): readonly string[] {
  if (!template.includes('![')) return [];
  const markdown = createMarkdownIt();
  markdown.validateLink = () => true;
  markdown.normalizeLink = (url) => url;
  const tokens = markdown.parse(template.replaceAll(/\{\{\{?[^{}]*\}\}\}?/g, hole), {});
  return imagesIn(tokens).map((token) => String(token.attrGet('src') ?? ''));
}

function imagesIn(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token) => [...(token.type === 'image' ? [token] : []), ...imagesIn(token.children ?? [])]);
}
