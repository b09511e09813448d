/** One node of a JSON Schema, read leniently: the parts that structured outputs use. */
import { z } from 'zod';
import type { JsonSchema } from './brain.ts';
import { toJson, type Json } from '../http/json.ts';

const NodeSchema = z.object({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.record(z.string(), z.unknown())).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  multipleOf: z.number().positive().optional(),
});

type Parsed = z.infer<typeof NodeSchema>;

export interface SchemaNode extends Pick<
  Parsed,
  'maxLength' | 'pattern' | 'format' | 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum' | 'multipleOf'
> {
  readonly types: readonly string[];
  readonly nullable: boolean;
  readonly const: Json | undefined;
  readonly enum: readonly Json[] | undefined;
  /** Of anyOf or oneOf. */
  readonly options: readonly unknown[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  readonly additionalProperties: unknown;
  readonly items: unknown;
  readonly minItems: number;
  readonly maxItems: number;
  readonly minLength: number;
}

const longestChain = 10;

export function nodeOf(schema: unknown, root: JsonSchema): SchemaNode {
  const parsed = merged(resolved(schema, root), root);
  const types = parsed.type === undefined ? [] : [parsed.type].flat();
  return {
    ...parsed,
    types: types.filter((type) => type !== 'null' || types.length === 1),
    nullable: types.length > 1 && types.includes('null'),
    const: parsed.const === undefined ? undefined : toJson(parsed.const),
    enum: parsed.enum?.map((option) => toJson(option)),
    options: parsed.anyOf ?? parsed.oneOf ?? [],
    properties: parsed.properties ?? {},
    required: parsed.required ?? [],
    additionalProperties: parsed.additionalProperties,
    items: parsed.items ?? {},
    minItems: parsed.minItems ?? 0,
    maxItems: parsed.maxItems ?? Infinity,
    minLength: parsed.minLength ?? 0,
  };
}

/** The type that a node asks for; undefined when any will do. */
export function typeOf(node: SchemaNode): string | undefined {
  const [type] = node.types;
  if (type !== undefined) return type;
  return Object.keys(node.properties).length > 0 ? 'object' : undefined;
}

function resolved(schema: unknown, root: JsonSchema): unknown {
  let current = schema;
  for (let steps = 0; steps < longestChain; steps += 1) {
    const pointer = NodeSchema.safeParse(current).data?.$ref;
    if (pointer === undefined) return current;
    current = pointedAt(pointer, root);
  }
  return {};
}

function pointedAt(pointer: string, root: unknown): unknown {
  let target = root;
  for (const part of pointer.split('/').slice(1)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    target = z.record(z.string(), z.unknown()).safeParse(target).data?.[name];
  }
  return target;
}

function merged(schema: unknown, root: JsonSchema): Parsed {
  const parsed = NodeSchema.safeParse(schema).data ?? {};
  if (parsed.allOf === undefined) return parsed;
  const parts = [parsed, ...parsed.allOf.map((part) => merged(resolved(part, root), root))];
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties ?? {})),
    required: parts.flatMap(({ required }) => required ?? []),
  };
}
