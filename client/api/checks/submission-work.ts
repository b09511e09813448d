/** Reads a submission, in a thread: its form's patterns are large for what was sent. */
import { readSubmission, type Form } from '../../../workflows/contract/lead-magnets/form.ts';

export default function readInThread(input: {
  readonly form: Form;
  readonly raw: Readonly<Record<string, unknown>>;
}): ReturnType<typeof readSubmission> {
  return readSubmission(input.form, input.raw);
}
