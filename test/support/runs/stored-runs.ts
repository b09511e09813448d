/** Writes runs as the parts of the store do that end them. */
import { bindToTenant } from '../../../store/database/tenant-binding.ts';
import { withRun } from '../../../store/runs/insert-run.ts';
import type { StorePlace } from '../../../store/store.ts';
import type { Run } from '../../../workflows/contract/runs/run.ts';
import { openDatabaseOf } from '../stored-rows.ts';

export async function storeRuns(place: StorePlace, tenant: string, runs: readonly Run[]): Promise<void> {
  const database = await openDatabaseOf(place);
  try {
    const bound = database.withPlugin(bindToTenant(tenant));
    for (const run of runs) {
      // Any statement: the run is written with it.
      await withRun(bound, run, (creator) => creator.selectFrom('runs').select('key').limit(1).execute());
    }
  } finally {
    await database.destroy();
  }
}
