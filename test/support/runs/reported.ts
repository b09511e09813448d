/** The API over a store that reports these runs. */
import type { AcrossTenants } from '../../../store/across-tenants.ts';
import { summariesOf } from '../../../workflows/contract/insights/run-tally.ts';
import type { TenantRun } from '../../../workflows/contract/insights/run-summary.ts';
import { temporaryStore, type TestStore } from '../temporary-store.ts';

export async function storeWithRuns(
  runs: readonly TenantRun[],
): Promise<{ readonly store: TestStore; readonly acrossTenants: AcrossTenants }> {
  const store = await temporaryStore();
  const summaries = summariesOf(runs);
  const runReports = {
    report: async (window: { fromMs: number; toMs: number }) => ({ ...window, summaries, source: 'rows' as const }),
  };
  return { store, acrossTenants: { ...store.acrossTenants, runReports } };
}
