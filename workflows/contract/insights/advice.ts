/** What to do about a finding. Texts alone. */
import type { RunPart } from '../runs/run.ts';
import type { FindingCause } from './causes.ts';

export const adviceFor: Readonly<Record<FindingCause, string>> = {
  missing_permission:
    'Give the permission or mend the address: renew the key, the secret or the sign-in, and check that what is asked for exists. A higher limit or more workers do not help.',
  endless_loop:
    'Look at the runs below and mend what the loop waits for: the task, the page, or the answer of the tool. Lower the budget of turns so that a loop ends earlier. A higher limit only lets it run longer.',
  limit_too_tight:
    'Raise the limit that ended the runs: budget.seconds or budget.iterations of the step, or attemptSeconds or totalSeconds of its kind (lodestone limits set). The recommendations name values.',
  stuck:
    'These runs hung while others end long before the limit: look at where they stopped. A lower limit ends them earlier; a higher one does not help.',
  waiting_for_a_slot:
    'Give the kind more slots or start more workers; the recommendations name a number. The work itself is not slow.',
  slow: 'Look at the slowest runs below: no part of their time was measured.',
};

/** Against slowness, by the part that takes the most time. */
export const partAdvice: Readonly<Record<RunPart, string>> = {
  queue: adviceFor.waiting_for_a_slot,
  retry: 'Attempts before the last take the most time: look at why they failed (errors of the group).',
  person: 'People take the most time to answer; the work itself is not slow.',
  model:
    'The model takes the most time: choose a quicker one, ask for less reasoning or shorter answers, or ask in fewer turns.',
  tool: 'Tools, webhooks or receivers take the most time: look at their own figures, and ask in parallel where they allow it.',
  browser:
    'The browser takes the most time: begin nearer to the goal (startUrl), ask for fewer actions, and keep browsers warm.',
  sandbox: 'Generated code takes the most time: give it less input, or more processor time.',
  render: 'Rendering takes the most time: make the document or its images smaller.',
  store: 'The store takes the most time: look at the load of the database and at how far away it is.',
  other: 'No measured part explains the time: look at the slowest runs below, and at the load of the workers.',
};
