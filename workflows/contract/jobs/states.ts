/** The states that jobs, steps and deliveries go through, and which of them are ends. Safe in the workflow sandbox. */
export const stepStates = [
  'waiting',
  'running',
  'awaiting_approval',
  'succeeded',
  'failed',
  'skipped',
  'timed_out',
  'cancelled',
] as const;
export type StepState = (typeof stepStates)[number];
export const stepEnds = ['succeeded', 'failed', 'skipped', 'timed_out', 'cancelled'] as const;
export type StepEnd = (typeof stepEnds)[number];

export function isStepEnd(state: string): state is StepEnd {
  return stepEnds.some((end) => end === state);
}

export const jobOutcomes = ['completed', 'completed_with_errors', 'failed', 'cancelled', 'timed_out'] as const;
export type JobOutcome = (typeof jobOutcomes)[number];

/** `accepted`: stored, its workflow not yet begun. `delivering`: the outcome stands, deliveries are under way. */
export const jobStates = ['accepted', 'running', 'delivering', 'ended'] as const;
export type JobState = (typeof jobStates)[number];

/** `retrying`: an attempt failed, and another is due. `uncertain`: the message may have reached its receiver, and only a person can tell. */
export const deliveryStates = [
  'waiting',
  'scheduled',
  'sending',
  'retrying',
  'delivered',
  'failed',
  'uncertain',
  'skipped',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** The states in which nothing more comes of a delivery by itself. */
export const deliveryEnds = ['delivered', 'failed', 'uncertain', 'skipped'] as const satisfies DeliveryState[];

/** Whether a delivery is being sent, or will be. */
export function isUnderWay(state: DeliveryState): boolean {
  return state === 'waiting' || state === 'scheduled' || state === 'sending' || state === 'retrying';
}
