/** The files for people that a step produces, which mails may attach. */
import type { Step } from '../lead-magnets/lead-magnet.ts';
import { batchResultsName, renderedNames } from '../names.ts';

export function producedNames(step: Step): readonly string[] {
  if (step.kind === 'batch') return [batchResultsName(step.id)];
  return step.kind === 'render' ? renderedNames(step.id, step.pdf) : [];
}
