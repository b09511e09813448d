/** Fills the scalars of a schema (texts, numbers, booleans) within the limits of the schema. */
import { isList, isRecord, type Json } from '../http/json.ts';
import { prose } from './prose.ts';
import type { SchemaNode } from './schema-node.ts';

/** The pattern of each string format, and a neutral value for when no matching text is known. */
const formats: Readonly<Record<string, { readonly looksLike: RegExp; readonly blank: string }>> = {
  email: { looksLike: /[\w.+-]+@[\w-]+\.[\w.-]*\w/, blank: 'unknown@example.invalid' },
  uri: { looksLike: /https?:\/\/[^\s"'<>,;]+/, blank: 'about:blank' },
  url: { looksLike: /https?:\/\/[^\s"'<>,;]+/, blank: 'about:blank' },
  date: { looksLike: /\d{4}-\d{2}-\d{2}/, blank: '1970-01-01' },
  'date-time': {
    looksLike: /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})/,
    blank: '1970-01-01T00:00:00Z',
  },
};

/** Names of headings, whose texts must be short. */
const headings = /title|headline|heading|subject|label|name$/i;
const longestHeading = 80;

interface StringPlace {
  readonly name: string;
  readonly value: Json | undefined;
  readonly scope: Json;
}

export function fillString(node: SchemaNode, { name, value, scope }: StringPlace): string {
  const known = value ?? scope;
  const format = formats[node.format ?? ''];
  if (format !== undefined) return format.looksLike.exec(prose(known))?.[0] ?? format.blank;
  if (node.pattern !== undefined) return textLike(node.pattern, known) ?? '';
  const isHeading = value === undefined && headings.test(name);
  const text = prose(known, isHeading ? longestHeading : undefined).slice(0, node.maxLength);
  return text.padEnd(node.minLength, '.');
}

function textLike(pattern: string, data: Json): string | undefined {
  const wanted = new RegExp(pattern, 'u');
  const texts = [...textsIn(data), prose(data)];
  return texts.concat(texts.flatMap((text) => text.split(/\s+/))).find((text) => wanted.test(text));
}

function textsIn(data: Json): readonly string[] {
  if (isList(data)) return data.flatMap(textsIn);
  if (isRecord(data)) return Object.values(data).flatMap(textsIn);
  return data === null ? [] : [String(data)];
}

export function fillNumber(node: SchemaNode, value: Json | undefined): number {
  const step = node.multipleOf ?? (node.types[0] === 'integer' ? 1 : undefined);
  const lowest =
    node.minimum ?? (node.exclusiveMinimum === undefined ? -Infinity : node.exclusiveMinimum + (step ?? 1));
  const highest =
    node.maximum ?? (node.exclusiveMaximum === undefined ? Infinity : node.exclusiveMaximum - (step ?? 1));
  const within = Math.min(Math.max(numberIn(value), lowest), highest);
  if (step === undefined) return within;
  const stepped = Math.round(within / step) * step;
  if (stepped < lowest) return stepped + step;
  return stepped > highest ? stepped - step : stepped;
}

/** The number for a value: the length of a list, or the first number in a text. */
function numberIn(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isList(value)) return value.length;
  const digits = /-?\d+(?:[.,]\d+)*/.exec(value === undefined ? '' : prose(value))?.[0] ?? '0';
  return Number(plainDecimal(digits));
}

/** `1,200.50`, `1.200,50` and `12,5` as JavaScript writes them. */
function plainDecimal(digits: string): string {
  const decimal = /[.,](\d{1,2})$/.exec(digits)?.[1];
  const whole = (decimal === undefined ? digits : digits.slice(0, -decimal.length - 1)).replaceAll(/[.,]/g, '');
  return decimal === undefined ? whole : `${whole}.${decimal}`;
}

export function fillBoolean(value: Json | undefined): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '' && !/\b(?:no|not|none|never|false)\b/i.test(value);
  if (isList(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== 0;
}
