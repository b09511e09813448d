/**
 * Templates use Mustache: it has no logic, so a tenant's text can refer to data and repeat over lists but cannot run
 * code. The escaping of a value depends on where the text is used. Documents are filled differently:
 * `activities/render/fill.ts`. Not for the workflow sandbox.
 */
import type Mustache from 'mustache';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { BoundedWriter, checkTemplate } from './template-bounds.ts';

/** Where the text is used. `{{{name}}}` turns escaping off, as in Mustache, except in URLs. */
export type TemplatePlace = 'text' | 'url';

const escapes: Readonly<Record<TemplatePlace, (value: string) => string>> = {
  text: (value) => value,
  url: encodeURIComponent,
};

const wholeValue = /^\s*\{\{\{?\s*([\w.]+)\s*\}?\}\}\s*$/;

/** Fills a template. Throws `Error` with a sentence when the template's tags do not match. */
export function fillTemplate(template: string, data: JsonObject, place: TemplatePlace): string {
  // A URL that consists of one value (a visitor's website) is that value; inside a URL a value is a component.
  const whole = place === 'url' ? wholeValue.exec(template)?.[1] : undefined;
  const escape = whole === undefined ? escapes[place] : escapes.text;
  checkTemplate(template);
  const config = { escape: (value: unknown) => escape(asText(value)) };
  return new BoundedWriter().render(template, data, undefined, config);
}

/** A value as it appears in a text: an object or a list as JSON. */
export function asText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** Fills every text in a JSON value; a text that consists of one tag becomes the value itself, of any type. */
export function fillJson(value: JsonValue, data: JsonObject): JsonValue {
  if (typeof value === 'string') {
    const path = wholeValue.exec(value)?.[1];
    const found = path === undefined ? undefined : valueAt(data, path);
    return found === undefined ? fillTemplate(value, data, 'text') : found;
  }
  if (Array.isArray(value)) return value.map((item: JsonValue) => fillJson(item, data));
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, data)]));
  }
  return value;
}

function valueAt(data: JsonValue, path: string): JsonValue | undefined {
  let current: JsonValue | undefined = data;
  for (const name of path.split('.')) {
    if (Array.isArray(current)) current = current[Number(name)];
    else if (isJsonObject(current) && Object.hasOwn(current, name)) current = current[name];
    else return undefined;
  }
  return current;
}

/** A name that a template uses: its path, and the enclosing lists or objects, outermost first. */
export interface TemplateName {
  readonly path: string;
  readonly sections: readonly string[];
}

/** The names in a template, or the errors in its tags. */
export function templateNames(template: string): {
  readonly names: readonly TemplateName[];
  readonly problem?: string;
} {
  try {
    checkTemplate(template);
    // Uses its own writer: the package's caches every template that it ever parsed.
    return { names: namesOf(new BoundedWriter().parse(template), []) };
  } catch (error) {
    return { names: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

type MustacheToken = ReturnType<typeof Mustache.parse>[number];

function namesOf(tokens: readonly MustacheToken[], sections: readonly string[]): TemplateName[] {
  const names: TemplateName[] = [];
  for (const token of tokens) {
    const [kind, path] = token;
    if (kind === 'text' || kind === '!' || kind === '=') continue;
    if (kind === '>') throw new Error(`partials are not supported: {{> ${path}}}`);
    names.push({ path, sections });
    const inner = token[4];
    if ((kind === '#' || kind === '^') && Array.isArray(inner)) {
      names.push(...namesOf(inner, kind === '#' ? [...sections, path] : sections));
    }
  }
  return names;
}
