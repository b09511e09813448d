/** What the page of insights shows: the analysis of the runs, the spans of its window, and some of the runs themselves. */
import type { AcrossTenants } from '../../../../store/across-tenants.ts';
import { joinByGroup } from '../../../../store/runs/join-by-group.ts';
import type { Store } from '../../../../store/store.ts';
import type { Analysis } from '../../../../workflows/contract/insights/analysis.ts';
import { kindName } from '../../../../workflows/contract/insights/groups.ts';
import { joinSummaries } from '../../../../workflows/contract/insights/join-summaries.ts';
import { noGroup, type RunGroup, type RunSummary } from '../../../../workflows/contract/insights/run-summary.ts';
import {
  defaultLimitSettings,
  type KindRecommendation,
} from '../../../../workflows/contract/insights/recommend-limits.ts';
import type { Run } from '../../../../workflows/contract/runs/run.ts';
import { analysisOf, recommendationsOf } from '../../insights/insights.ts';
import { spansOf, windowOf, workOf, type InsightsQuery, type Window } from './insights-query.ts';

export interface SpanSummary extends Window {
  /** All runs that ended in it, of what was asked for. */
  readonly summary: RunSummary;
}

export interface InsightsData extends Window {
  readonly query: InsightsQuery;
  readonly tenant: string;
  readonly analysis: Analysis;
  readonly spans: readonly SpanSummary[];
  /** Of steps with a browser. */
  readonly computerUse: RunSummary;
  /** Some runs of each span, for the plot. */
  readonly runs: readonly Run[];
  /** The newest. */
  readonly newest: readonly Run[];
  /** What can be chosen: all kinds of work and lead magnets with runs in the window. */
  readonly works: readonly string[];
  readonly leadMagnets: readonly string[];
  readonly recommendations: readonly KindRecommendation[];
}

const runsOfSpan = 15;
const newestRuns = 30;

export async function readInsights(
  { runReports, limits }: Pick<AcrossTenants, 'runReports' | 'limits'>,
  store: Pick<Store, 'runs' | 'tenant'>,
  query: InsightsQuery,
  now: Date,
): Promise<InsightsData> {
  const window = windowOf(query, now);
  const of = query.work === undefined ? undefined : (workOf(query.work) ?? undefined);
  const asked = { of, leadMagnet: query.magnet };
  const isAsked = ({ group }: RunSummary): boolean => isOf(group, query);
  let all: readonly RunSummary[] = [];
  const spans: SpanSummary[] = [];
  const runs: Run[] = [];
  // One after the other: a window may hold many runs, and the process has other work.
  for (const span of spansOf(window)) {
    const { summaries } = await runReports.report(span);
    all = await joinByGroup([...all, ...summaries]);
    spans.push({ ...span, summary: joinSummaries(summaries.filter(isAsked), noGroup) });
    runs.push(...(await store.runs.newest({ ...span, ...asked, limit: runsOfSpan })));
  }
  const { stable } = await limits.rollout();
  const version = await limits.version(stable);
  const shown = all.filter(isAsked);
  const current = version?.overrides ?? {};
  const recommended = await recommendationsOf({ summaries: all, current, settings: defaultLimitSettings });
  return {
    ...window,
    query,
    tenant: store.tenant,
    analysis: await analysisOf({ summaries: shown, by: query.by }),
    spans,
    computerUse: joinSummaries(
      shown.filter(({ group }) => group.work === 'computer_use'),
      noGroup,
    ),
    runs,
    newest: await store.runs.newest({ ...window, ...asked, limit: newestRuns }),
    works: namesOf(all.map(({ group }) => kindName(group.kind, group.work))),
    leadMagnets: namesOf(all.flatMap(({ group }) => group.leadMagnet ?? [])),
    recommendations: recommended.kinds,
  };
}

function isOf({ kind, work, leadMagnet }: RunGroup, query: InsightsQuery): boolean {
  if (query.work !== undefined && kindName(kind, work) !== query.work) return false;
  return query.magnet === undefined || leadMagnet === query.magnet;
}

const mostNames = 300;

function namesOf(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted().slice(0, mostNames);
}
