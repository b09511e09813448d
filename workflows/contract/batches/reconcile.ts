/** The scheduled reconciliation of batches: results of its workflow and activities. Safe in the workflow sandbox. */
export const reconcileType = 'reconcile';
/** P01: how often it runs; while a run takes longer, the next one is skipped. */
export const reconcileEverySeconds = 300;

/** The schedule's id: each installation of Lodestone on a Temporal server has its own. */
export function reconcileScheduleId(queuePrefix: string): string {
  return `${queuePrefix}-reconcile`;
}

export interface ReconcileFigures {
  /** Batches whose workflow was gone and was restarted. */
  readonly restarted: number;
  /** Items under way for more than 24 h. */
  readonly stuckItems: number;
  /** Items that failed in the last 24 h after five attempts or more. */
  readonly muchTriedItems: number;
  /** Batches that have run for more than 24 h. */
  readonly longBatches: number;
  /** Open alerts. */
  readonly alerts: number;
  /** Notifications of them that could not be sent; the next look tries again. */
  readonly unsent: number;
}

export interface ReconcileResult extends ReconcileFigures {
  /** Uncertain items whose outcome was recorded; null when that activity failed. */
  readonly recovered: number | null;
  /** Contents of files that were removed; null when that could not be done, or was not asked for yet. */
  readonly removedContents: number | null;
}

/** On the queue `jobs`. */
export interface ReconcileActivities {
  reconcileBatches(): Promise<ReconcileFigures>;
}

/** On the queue `jobs`. */
export interface ContentSweepActivities {
  /** Removes files by the retention, and content that nothing needs. Returns how many contents were removed. */
  sweepContents(): Promise<number>;
}

/** On the queue `llm`, whose workers alone reach the provider. */
export interface LateAnswerActivities {
  /** Records the outcome of calls that were treated as lost. Returns how many were recorded. */
  recordLateAnswers(): Promise<number>;
}
