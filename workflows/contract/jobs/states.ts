/** The states of jobs, steps and deliveries, and which of them are final. Safe in the workflow sandbox. */
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

/**
 * `accepted`: stored, but its workflow has not begun. `delivering`: the outcome is decided, deliveries are under way.
 */
export const jobStates = ['accepted', 'running', 'delivering', 'ended'] as const;
export type JobState = (typeof jobStates)[number];

/**
 * `retrying`: an attempt failed, and another follows. `uncertain`: the message may have reached its receiver, and only
 * a person can find out.
 */
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

/** The final states of a delivery: nothing more happens without a person. */
export const deliveryEnds = ['delivered', 'failed', 'uncertain', 'skipped'] as const satisfies DeliveryState[];

/** Whether a delivery is being sent, or will be. */
export function isUnderWay(state: DeliveryState): boolean {
  return state === 'waiting' || state === 'scheduled' || state === 'sending' || state === 'retrying';
}
