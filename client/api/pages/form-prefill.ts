/** A form that nobody has sent yet, with what its address fills in: `?utm_source=news`, for the fields that allow it. */
import { randomUUID } from 'node:crypto';
import { readSubmission } from '../../../workflows/contract/form.ts';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnet.ts';
import type { FormState } from './form-page.ts';

export function freshForm({ form }: LeadMagnet, address: string): FormState {
  const { searchParams } = new URL(address);
  const fields = form.fields.filter((field) => field.prefill === true);
  const given = fields.flatMap(({ id }) => {
    const text = searchParams.get(id);
    return text === null ? [] : [[id, text.trim()] as const];
  });
  // What the field would refuse is left out: the visitor did not write it, and could not mend it in a hidden field.
  const { values } = readSubmission({ ...form, fields }, Object.fromEntries(given));
  const accepted = given.filter(([id]) => Object.hasOwn(values, id));
  return { values: Object.fromEntries(accepted), problems: [], idempotencyKey: randomUUID() };
}
