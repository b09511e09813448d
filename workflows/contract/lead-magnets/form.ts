/**
 * The form of a lead magnet: its fields, and the validation of submissions, which the server performs at every entry.
 */
import { z } from 'zod';
import { readEmailAddress } from '../deliveries/email-address.ts';
import { EmbedOriginSchema } from './embed-origin.ts';
import { linearPattern, patternProblem, stepsOf } from '../patterns/linear-pattern.ts';
import { isRounded } from '../json/json-scan.ts';
import { characterProblem } from '../text-characters.ts';
import { cutText } from '../cut-text.ts';

export const fieldTypes = [
  'text',
  'textarea',
  'email',
  'tel',
  'number',
  'select',
  'checkbox',
  'radio',
  'url',
  'file',
  'hidden',
] as const;

const FieldShape = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,63}$/, 'a field id is lower-case letters, digits and _, beginning with a letter'),
  type: z.enum(fieldTypes),
  label: z.string().min(1).max(200),
  help: z.string().max(500).optional(),
  placeholder: z.string().max(200).optional(),
  required: z.boolean().default(false),
  pattern: z.string().max(500).optional().describe('a regular expression that the whole value must match'),
  maxLength: z.int().min(1).max(100_000).optional(),
  options: z.array(z.string().min(1).max(200)).min(1).max(200).optional().describe('for select and radio'),
  prefill: z
    .boolean()
    .optional()
    .describe("whether the form's address may fill it in, as in ?utm_source=news; a hidden field needs it"),
});
export type FormField = z.infer<typeof FieldShape>;

const FieldSchema = FieldShape.superRefine((field, context) => {
  const message = prefillProblem(field);
  if (message !== undefined) context.addIssue({ code: 'custom', path: ['prefill'], message });
  if (field.type === 'hidden' && field.required) {
    context.addIssue({
      code: 'custom',
      path: ['required'],
      message: 'a hidden field cannot be filled in, so it cannot be required',
    });
  }
});

function prefillProblem({ type, prefill }: FormField): string | undefined {
  if (type === 'hidden')
    return prefill === true ? undefined : 'a hidden field is filled by the address: set it to true';
  if (prefill !== true) return undefined;
  if (type === 'file') return 'an address cannot fill in a file';
  return type === 'checkbox'
    ? 'a box is ticked by the visitor alone: who made the link may not agree for them'
    : undefined;
}

export const FormSchema = z.strictObject({
  fields: z.array(FieldSchema).min(1).max(50),
  submitLabel: z.string().max(60).default('Send'),
  thankYou: z.string().max(1000).optional(),
  redirectUrl: z.url({ protocol: /^https?$/ }).optional(),
  // Optional without a default: definitions that were saved before it existed stay the same.
  embedOrigins: z
    .array(EmbedOriginSchema)
    .min(1)
    .max(50)
    .optional()
    .describe('origins of the sites that may hold the form in a frame, as https://www.example.com; none when left out'),
  submissionsPerHour: z
    .int()
    .min(1)
    .max(100_000)
    .default(60)
    .describe('per form and address of the visitor; further ones are answered 429'),
});
export type Form = z.infer<typeof FormSchema>;

/** A submitted value: a boolean for a checkbox, a number for a number field, and otherwise text. */
export type FormValue = string | number | boolean;
export type FormValues = { readonly [fieldId: string]: FormValue };

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** Unknown fields that are reported. */
const mostUnknown = 20;

const defaultMaximumLength: Readonly<Record<(typeof fieldTypes)[number], number>> = {
  text: 1000,
  textarea: 20_000,
  email: 254,
  tel: 40,
  number: 40,
  select: 200,
  checkbox: 5,
  radio: 200,
  url: 2000,
  file: 500,
  hidden: 500,
};

/**
 * Validates raw values (strings from a page, JSON from the API) against the form. Returns either the typed values or
 * one problem for every wrong field, including unknown fields.
 */
export function readSubmission(
  form: Form,
  raw: { readonly [field: string]: unknown },
): { readonly values: FormValues; readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const values: Record<string, FormValue> = {};
  const known = new Set(form.fields.map((field) => field.id));
  for (const name of Object.keys(raw)) {
    if (problems.length >= mostUnknown) break;
    if (!known.has(name)) problems.push({ field: cutText(name, 100), message: 'is not a field of this form' });
  }
  for (const field of form.fields) {
    // A field may be called `constructor`, which every object has.
    const read = readField(field, Object.hasOwn(raw, field.id) ? raw[field.id] : undefined);
    if (typeof read === 'object') problems.push({ field: field.id, message: read.problem });
    else if (read !== undefined) values[field.id] = read;
  }
  return { values, problems };
}

/** The steps that the form's patterns may take over raw values. */
export function patternSteps(form: Form, raw: { readonly [field: string]: unknown }): number {
  return form.fields.reduce((sum, field) => {
    const value = raw[field.id];
    return field.pattern === undefined || typeof value !== 'string'
      ? sum
      : sum + stepsOf(field.pattern, Math.min(value.length, maximumLength(field)));
  }, 0);
}

/** The maximum number of characters of the field's value. */
export function maximumLength(field: FormField): number {
  return field.maxLength ?? defaultMaximumLength[field.type];
}

type ReadField = FormValue | undefined | { readonly problem: string };

function readField(field: FormField, raw: unknown): ReadField {
  if (field.type === 'checkbox') return readCheckbox(field, raw);
  if (raw !== undefined && raw !== null && typeof raw !== 'string' && typeof raw !== 'number') {
    return { problem: 'must be text' };
  }
  const text = raw === undefined || raw === null ? '' : String(raw).trim();
  const wrong = characterProblem(text);
  if (wrong !== undefined) return { problem: wrong };
  if (text === '') return field.required ? { problem: 'is required' } : undefined;
  const maximum = maximumLength(field);
  if (text.length > maximum) return { problem: `is ${text.length} characters long; at most ${maximum} are allowed` };
  const misfit = field.pattern === undefined ? undefined : misfitOf(field.pattern, text);
  return misfit === undefined ? readTyped(field, text) : { problem: misfit };
}

/** Why a text does not match a pattern. A form that was saved before patterns had limits may have an unusable one. */
function misfitOf(pattern: string, text: string): string | undefined {
  const problem = patternProblem(pattern);
  if (problem !== undefined) return `cannot be checked, the owner of the form has to mend it: its pattern ${problem}`;
  return linearPattern(pattern).testWhole(text) ? undefined : 'does not have the form that is asked for';
}

function readCheckbox(field: FormField, raw: unknown): ReadField {
  const checked = raw === true || raw === 'on' || raw === 'true' || raw === 'yes' || raw === '1';
  const unchecked =
    raw === undefined || raw === null || raw === false || raw === '' || raw === 'false' || raw === 'off';
  if (!checked && !unchecked) return { problem: 'must be true or false' };
  return field.required && !checked ? { problem: 'must be ticked' } : checked;
}

function readTyped(field: FormField, text: string): ReadField {
  switch (field.type) {
    case 'email':
      return readEmailAddress(text) ?? { problem: 'is not an e-mail address' };
    case 'url':
      return z.url({ protocol: /^https?$/ }).safeParse(text).success
        ? text
        : { problem: 'is not a web address: begin it with https://' };
    case 'number': {
      const number = Number(text);
      if (!Number.isFinite(number)) return { problem: 'is not a number' };
      return isRounded(text) ? { problem: 'has more digits than a number keeps (beyond 2^53)' } : number;
    }
    case 'tel':
      return /^[+()\d\s./-]{3,40}$/.test(text) ? text : { problem: 'is not a telephone number' };
    case 'select':
    case 'radio':
      return field.options?.includes(text) ? text : { problem: `must be one of: ${field.options?.join(', ') ?? ''}` };
    case 'text':
    case 'textarea':
    case 'file':
    case 'hidden':
    case 'checkbox':
      return text;
  }
}
