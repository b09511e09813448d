/** Writes rows of runs for tests and benchmarks of reports, many at a time, without the work that they would come from. */
import type { Database } from '../../../store/database/database.ts';
import { runColumns } from '../../../store/runs/insert-run.ts';
import type { TenantRun } from '../../../workflows/contract/insights/run-summary.ts';

/** A statement may have some tens of thousands of parameters, and a row has 40. */
const atOnce = 200;

/** `database` is bound to no tenant. */
export async function insertRuns(database: Database, runs: readonly TenantRun[]): Promise<void> {
  for (let start = 0; start < runs.length; start += atOnce) {
    const rows = runs.slice(start, start + atOnce).map((run) => ({ ...runColumns(run), tenant: run.tenant }));
    await database.insertInto('runs').values(rows).execute();
  }
}
