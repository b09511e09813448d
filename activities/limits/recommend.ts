/** What the runs of the last week recommend, limit by limit. */
import type { AcrossTenants } from '../../store/across-tenants.ts';
import { runInThread } from '../../threads/run-in-thread.ts';
import { versionedLimits } from '../../workflows/contract/limits/limits-version.ts';
import type { LimitRecommendation } from '../../workflows/contract/limits/proposal.ts';
import type recommendByKind from './recommendation-work.ts';

const windowMilliseconds = 7 * 24 * 3_600_000;

export async function recommendFromRuns(
  { runReports, limits }: Pick<AcrossTenants, 'runReports' | 'limits'>,
  now: Date,
): Promise<readonly LimitRecommendation[]> {
  const toMs = now.getTime();
  const { summaries } = await runReports.report({ fromMs: toMs - windowMilliseconds, toMs });
  const { stable } = await limits.rollout();
  const current = (await limits.version(stable))?.overrides ?? {};
  const work = new URL('./recommendation-work.ts', import.meta.url);
  const kinds = await runInThread<typeof recommendByKind>(
    work,
    { summaries, current },
    { timeoutMilliseconds: 20_000 },
  );
  return kinds.flatMap(({ kind, runs, why, changes }) =>
    versionedLimits.flatMap((limit) => {
      const value = changes[kind]?.[limit];
      return typeof value === 'number' ? [{ kind, limit, value, runs, reason: why }] : [];
    }),
  );
}
