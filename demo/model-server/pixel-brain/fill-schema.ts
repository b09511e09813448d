/**
 * Fills a JSON Schema from findings by the names of its properties, as a model would by their meaning. A
 * property without a counterpart in the findings stays empty: nothing is invented.
 */
import { z } from 'zod';
import type { Findings } from './findings.ts';

/** The parts of JSON Schema that structured outputs use. */
const SchemaSchema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  maxItems: z.number().optional(),
  maxLength: z.number().optional(),
});

/** A known value: a text, or a list or record of known values. */
type Known = string | readonly Known[] | { readonly [name: string]: Known };

type Topic =
  | keyof Findings
  | keyof Findings['contact']
  | keyof Findings['prices'][number]
  | keyof Findings['problems'][number];

/** Names that schemas use for the findings. The first match with a known value is used. */
const meanings: readonly (readonly [RegExp, Topic])[] = [
  [/^prices|price_?list|tariffs|costs|fees/i, 'prices'],
  [/price|amount|cost|fee|value/i, 'price'],
  [/problems|issues|faults|obstacles|barriers|blockers|findings|broken|errors|friction|stops/i, 'problems'],
  [/^services|offers?$|offering/i, 'services'],
  [/service|item|product|name|title|label/i, 'service'],
  [/page|where|location/i, 'page'],
  [/problem|issue|fault|obstacle|finding|error|what|detail|description|summary|text|title|name/i, 'problem'],
  [/pages|visited/i, 'pages'],
  [/phone|^tel/i, 'phone'],
  [/e-?mail/i, 'email'],
  [/address|street|location/i, 'address'],
  [/hours|open/i, 'hours'],
  [/enquiry|inquiry|contact_?form|^form|sent$/i, 'enquiry'],
  [/contact/i, 'contact'],
  [/business|company|brand|organi[sz]ation|site_?name|name|title/i, 'business'],
  [/summary|overview|conclusion|description|text|report|answer/i, 'summary'],
];

export function fillSchema(schema: unknown, findings: Findings): unknown {
  return fill(schema, { ...findings }, { ...findings, ...findings.contact });
}

/** Returns a value for a schema from the findings at its place. Other names are looked up in `all`. */
function fill(schema: unknown, known: Known | undefined, all: Record<string, Known>): unknown {
  const parsed = SchemaSchema.safeParse(schema);
  if (!parsed.success) return null;
  const shape = parsed.data;
  if (shape.const !== undefined) return shape.const;
  const choice = shape.anyOf?.find((option) => typeOf(option) !== 'null');
  if (choice !== undefined) return isEmpty(known) && allowsNull(shape) ? null : fill(choice, known, all);
  if (shape.enum !== undefined) return shape.enum.find((option) => option === known) ?? shape.enum[0] ?? null;
  switch (typeOf(shape)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(shape.properties ?? {}).map(([name, property]) => [
          name,
          fill(property, lookUp(name, known, all), all),
        ]),
      );
    case 'array':
      return asList(known)
        .slice(0, shape.maxItems)
        .map((entry) => fill(shape.items, entry, all));
    case 'number':
    case 'integer':
      return asNumber(known, typeOf(shape) === 'integer');
    case 'boolean':
      return !isEmpty(known) && !(typeof known === 'string' && /\b(no|not)\b/i.test(known));
    case 'null':
      return null;
    case 'string':
    case undefined:
    default:
      return isEmpty(known) && allowsNull(shape) ? null : asText(known).slice(0, shape.maxLength);
  }
}

/** Looks a property's name up: first in its own record, then in all findings. */
function lookUp(name: string, known: Known | undefined, all: Record<string, Known>): Known | undefined {
  // A text where the schema wants an object is an item of a plain list. The item's properties get this text.
  if (typeof known === 'string' && /^(name|title|label|text|description|summary|item|service|page)$/i.test(name))
    return known;
  for (const place of [isRecord(known) ? known : {}, all]) {
    const topic = meanings.find(([pattern, key]) => pattern.test(name) && place[key] !== undefined)?.[1];
    const found = place[name] ?? (topic === undefined ? undefined : place[topic]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function typeOf(schema: unknown): string | undefined {
  const parsed = SchemaSchema.safeParse(schema);
  if (!parsed.success) return undefined;
  const { type, properties } = parsed.data;
  if (Array.isArray(type)) return type.find((option) => option !== 'null');
  return type ?? (properties === undefined ? undefined : 'object');
}

function allowsNull(shape: z.infer<typeof SchemaSchema>): boolean {
  if (Array.isArray(shape.type)) return shape.type.includes('null');
  return shape.anyOf?.some((option) => typeOf(option) === 'null') ?? false;
}

function isRecord(known: Known | undefined): known is Record<string, Known> {
  return typeof known === 'object' && !Array.isArray(known);
}

function isEmpty(known: Known | undefined): boolean {
  return known === undefined || known.length === 0;
}

function asList(known: Known | undefined): readonly Known[] {
  if (known === undefined || known === '') return [];
  return Array.isArray(known) ? known : [known];
}

function asText(known: Known | undefined): string {
  if (known === undefined || typeof known === 'string') return known ?? '';
  if (Array.isArray(known)) return known.map((entry: Known) => asText(entry)).join('\n');
  return Object.values(known)
    .map((entry) => asText(entry))
    .filter((text) => text !== '')
    .join(': ');
}

function asNumber(known: Known | undefined, whole: boolean): number {
  if (Array.isArray(known)) return known.length;
  const digits = /-?\d+(?:[.,]\d+)?/.exec(asText(known))?.[0].replace(',', '.');
  const value = Number(digits ?? 0);
  return whole ? Math.round(value) : value;
}
