/** Tells the shared gate of a provider's model how calls do: each failure, and of answers those that it can learn from. */
import type { CallReport, ToldLimits } from '../../store/batches/provider-gate.ts';
import type { BatchDependencies } from './ports.ts';

const toldMilliseconds = 1_000;

export class GateReports {
  readonly key: string;
  private readonly dependencies: BatchDependencies;
  private readonly model: string;
  private failuresSeen = false;
  private toldAt = 0;

  constructor(dependencies: BatchDependencies, model: string) {
    this.dependencies = dependencies;
    this.model = model;
    this.key = `${dependencies.provider}/${model}`;
  }

  /** `probe` is what the call's admission said. */
  async report(report: CallReport, probe: boolean): Promise<void> {
    const { store, takeLimits, now } = this.dependencies;
    const told = this.worthTelling(takeLimits(this.model));
    const isNews = report.kind !== 'answered' || probe || this.failuresSeen || told !== null;
    if (!isNews) return;
    this.failuresSeen = report.kind !== 'answered';
    await store.providerGates.report(this.key, { report, told, probe }, now());
  }

  private worthTelling(told: ToldLimits | null): ToldLimits | null {
    if (told === null) return null;
    const low = [told.requests, told.tokens].some((part) => part !== null && part.remaining < part.limit * 0.2);
    const now = this.dependencies.now();
    if (!low && now - this.toldAt < toldMilliseconds) return null;
    this.toldAt = now;
    return told;
  }
}
