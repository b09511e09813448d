/** The regular look after batches: what its workflow and its activity say to each other. Safe in the sandbox. */
export const reconcileType = 'reconcile';
/** P01: how often; a look that takes longer makes the next one be skipped. */
export const reconcileEverySeconds = 300;

/** One schedule for each copy of Lodestone on a Temporal server. */
export function reconcileScheduleId(queuePrefix: string): string {
  return `${queuePrefix}-reconcile`;
}

export interface BatchLook {
  /** Batches whose workflow was gone, begun anew. */
  readonly restarted: number;
  /** Items under way for more than 24 h. */
  readonly stuckItems: number;
  /** Items that failed in the last 24 h after five attempts or more. */
  readonly muchTriedItems: number;
  /** Batches that have run for more than 24 h. */
  readonly longBatches: number;
  /** Alerts that stand. */
  readonly alerts: number;
  /** Notifications of them that could not be sent; the next look tries again. */
  readonly unsent: number;
}

export interface ReconcileResult extends BatchLook {
  /** Items that were given up and whose end is known now; null when no worker of the model's queue could look. */
  readonly recovered: number | null;
}

/** On the queue `jobs`. */
export interface ReconcileActivities {
  reconcileBatches(): Promise<BatchLook>;
}

/** On the queue `llm`, whose workers alone reach the provider. */
export interface LateAnswerActivities {
  /** Records what became of calls that were given up as perhaps paid. Returns of how many it is known now. */
  recordLateAnswers(): Promise<number>;
}
