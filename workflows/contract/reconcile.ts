/** The regular look after batches: what its workflow and its activity say to each other. Safe in the sandbox. */
export const reconcileType = 'reconcile';
/** P01: how often; a look that takes longer makes the next one be skipped. */
export const reconcileEverySeconds = 300;

/** One schedule for each copy of Lodestone on a Temporal server. */
export function reconcileScheduleId(queuePrefix: string): string {
  return `${queuePrefix}-reconcile`;
}

export interface ReconcileResult {
  /** Batches whose workflow was gone, begun anew. */
  readonly restarted: number;
  /** Items whose paid answer had not been recorded, recorded now. */
  readonly recovered: number;
  /** Items under way for more than 24 h. */
  readonly stuckItems: number;
  /** Items that failed in the last 24 h after five attempts or more. */
  readonly muchTriedItems: number;
  /** Batches that have run for more than 24 h. */
  readonly longBatches: number;
  /** Alerts that stand. */
  readonly alerts: number;
  /** Notifications of them that could not be sent; the next look tries again. */
  readonly untold: number;
}

/** On the queue `jobs`. */
export interface ReconcileActivities {
  reconcileBatches(): Promise<ReconcileResult>;
}
