/**
 * Secrets as the model sees them: placeholders that it types. The driver replaces them by their values, and replaces
 * values by placeholders in everything that comes out of the browser, so that no value reaches a prompt, a record or a
 * log.
 */
import { originMatches } from '../../../workflows/contract/computer-use/network.ts';
import type { ModelResponse } from '../../ports.ts';
import { ActionProblem } from '../actions.ts';
import type { BoundSecret } from './bound-secret.ts';

/** A part of a text to type: plain text, or a secret. */
export type TypedPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'secret'; readonly secret: BoundSecret };

const placeholder = /\{\{\s*secret[:.]\s*([\w-]+)\s*\}\}/g;

export function placeholderOf({ name }: Pick<BoundSecret, 'name'>): string {
  return `{{secret:${name}}}`;
}

/** Throws `ActionProblem` for a name that is not bound to the step. */
export function typedParts(text: string, secrets: readonly BoundSecret[]): readonly TypedPart[] {
  const parts: TypedPart[] = [];
  let end = 0;
  for (const match of text.matchAll(placeholder)) {
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    parts.push({ kind: 'secret', secret: named(match[1] ?? '', secrets) });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}

function named(name: string, secrets: readonly BoundSecret[]): BoundSecret {
  const found = secrets.find((secret) => secret.name === name);
  if (found !== undefined) return found;
  const known = secrets.map(placeholderOf).join(', ');
  throw new ActionProblem(`there is no secret named ${name}${known === '' ? '' : `; there are ${known}`}`);
}

/** Why a secret must not be typed on an origin, or undefined. */
export function bindingProblem(secret: BoundSecret, origin: string): string | undefined {
  if (secret.origins.some((pattern) => originMatches(pattern, origin))) return undefined;
  return `${placeholderOf(secret)} may be typed on ${secret.origins.join(', ')} only, and this field is on ${origin}`;
}

/** Shorter values occur in too many texts by chance. */
const shortestRedacted = 4;

/** Replaces values by placeholders, also in their URL-encoded and JSON spellings. */
export function createRedactor(secrets: readonly BoundSecret[]): (text: string) => string {
  const spellings = secrets
    .filter(({ value }) => value.length >= shortestRedacted)
    .flatMap((secret) => spellingsOf(secret.value).map((spelling) => ({ spelling, written: placeholderOf(secret) })))
    // A value may contain another: the longer one is replaced first.
    .toSorted((one, other) => other.spelling.length - one.spelling.length);
  return (text) =>
    spellings.reduce((result, { spelling, written }) => result.replaceAll(spelling, () => written), text);
}

function spellingsOf(value: string): readonly string[] {
  const form = new URLSearchParams([['', value]]).toString().slice(1);
  const inJson = JSON.stringify(value).slice(1, -1);
  return [...new Set([value, encodeURIComponent(value), encodeURI(value), form, inJson])];
}

/** Replaces secret values in a response, which the model may have seen on a page. */
export function redactedResponse(response: ModelResponse, secrets: readonly BoundSecret[]): ModelResponse {
  if (secrets.length === 0) return response;
  const redact = createRedactor(secrets);
  return {
    ...response,
    text: redact(response.text),
    functionCalls: response.functionCalls.map((call) => ({ ...call, arguments: redact(call.arguments) })),
    refusal: response.refusal === null ? null : redact(response.refusal),
    computerCalls: response.computerCalls.map((call) => ({
      ...call,
      actions: call.actions.map((action) =>
        action.type === 'type' ? { ...action, text: redact(action.text) } : action,
      ),
    })),
  };
}
