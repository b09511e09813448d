/** A new form, with the values from its address: `?utm_source=news`, for the fields that allow it. */
import { randomUUID } from 'node:crypto';
import type { LeadMagnet } from '../../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { readSubmissionAside } from '../../checks/checks.ts';
import { ProblemError } from '../../http/problem.ts';
import type { FormState } from './form-page.ts';

export async function freshForm({ slug, form }: LeadMagnet, address: string): Promise<FormState> {
  const { searchParams } = new URL(address);
  const fields = form.fields.filter((field) => field.prefill === true);
  const given = fields.flatMap(({ id }) => {
    const text = searchParams.get(id);
    return text === null ? [] : [[id, text.trim()] as const];
  });
  // Values that the field would refuse are left out: the visitor did not write them, and could not correct a hidden
  // field.
  const accepted = await acceptedNames({ slug, form: { ...form, fields } }, Object.fromEntries(given));
  return {
    values: Object.fromEntries(given.filter(([id]) => accepted.has(id))),
    problems: [],
    idempotencyKey: randomUUID(),
  };
}

/** The fields whose prefilled values are valid; none when checking takes too long. */
async function acceptedNames(
  asked: Pick<LeadMagnet, 'slug' | 'form'>,
  given: Readonly<Record<string, string>>,
): Promise<ReadonlySet<string>> {
  try {
    const { values } = await readSubmissionAside(asked, given);
    return new Set(Object.keys(values));
  } catch (error) {
    if (error instanceof ProblemError) return new Set();
    throw error;
  }
}
