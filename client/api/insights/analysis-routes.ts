/** The analysis of the runs of all tenants, and recommended limits, over HTTP. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { analysisGroupings } from '../../../workflows/contract/insights/analysis.ts';
import { defaultLimitSettings } from '../../../workflows/contract/insights/recommend-limits.ts';
import { durationPattern, durationSeconds } from '../../../workflows/contract/duration.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { json, problem } from '../http/documented-answers.ts';
import { analysisAnswer, AnalysisSchema } from './analysis-schema.ts';
import { analysisOf, recommendationsOf } from './insights.ts';
import { recommendationsAnswer, RecommendationsSchema } from './recommendations-schema.ts';

const tags = ['Insights'];
const path = '/v1/insights';
const since = z
  .string()
  .regex(durationPattern, 'must be like 24h or 7d')
  .default('7d')
  .describe('how far back, as in 24h or 7d: by when runs ended');

const analysisRoute = createRoute({
  method: 'get',
  path: `${path}/analysis`,
  tags,
  summary:
    'How long runs take and why, over all tenants: figures by group, which runs are slow, and which were blocked by something else',
  request: { query: z.object({ since, by: z.enum(analysisGroupings).default('kind') }) },
  responses: { 200: json('The analysis', AnalysisSchema), 400: problem('A parameter is not right') },
});

const recommendationsRoute = createRoute({
  method: 'get',
  path: `${path}/recommendations`,
  tags,
  summary: 'Limits that follow from the runs of all tenants',
  request: {
    query: z.object({
      since,
      leastRuns: z.coerce
        .number()
        .int()
        .min(20)
        .max(1_000_000)
        .default(defaultLimitSettings.leastRuns)
        .describe('fewer runs of a kind are not enough to recommend anything'),
    }),
  },
  responses: { 200: json('What is recommended', RecommendationsSchema), 400: problem('A parameter is not right') },
});

export function addInsightsRoutes(app: OpenAPIHono, { acrossTenants, store, now }: ApiDependencies): void {
  const { runReports, limits } = acrossTenants;
  const windowOf = (text: string) => {
    const toMs = now().getTime() + 1;
    return { fromMs: Math.max(0, toMs - durationSeconds(text) * 1000), toMs };
  };
  app.openapi(analysisRoute, async (context) => {
    const query = context.req.valid('query');
    const report = await runReports.report(windowOf(query.since));
    const analysis = await analysisOf({ summaries: report.summaries, by: query.by });
    return context.json(analysisAnswer(report, analysis, store.tenant), 200);
  });
  app.openapi(recommendationsRoute, async (context) => {
    const query = context.req.valid('query');
    const [report, { stable }] = await Promise.all([runReports.report(windowOf(query.since)), limits.rollout()]);
    const version = await limits.version(stable);
    const settings = { ...defaultLimitSettings, leastRuns: query.leastRuns };
    const current = version?.overrides ?? {};
    const recommended = await recommendationsOf({ summaries: report.summaries, current, settings });
    return context.json(recommendationsAnswer(report, recommended), 200);
  });
}
