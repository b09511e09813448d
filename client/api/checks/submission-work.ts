/** Validates a submission in a thread, when its form's patterns are expensive for the values. */
import { readSubmission, type Form } from '../../../workflows/contract/lead-magnets/form.ts';

export default function readInThread(input: {
  readonly form: Form;
  readonly raw: Readonly<Record<string, unknown>>;
}): ReturnType<typeof readSubmission> {
  return readSubmission(input.form, input.raw);
}
