/** Schemas of the reports of audits, for the edges. */
import { z } from 'zod';
import { riskLevels, riskScenarios } from '../limits/limit-risks.ts';
import { runKinds } from '../runs/run.ts';
import { usagePaths } from './usage-path.ts';
import { actionStates } from './usage-actions.ts';
import type { mostPoints } from './timeout-risk.ts';

const count = z.int().min(0);
const riskParts = z.enum([...riskScenarios, 'timeouts', 'near_limit'] satisfies (keyof typeof mostPoints)[]);

const RiskScoreSchema = z.object({
  score: z.int().min(0).max(100).describe('0: nothing is at risk; docs/audits.md has the formula'),
  parts: z.array(z.object({ part: riskParts, points: z.number(), most: z.number() })),
});

const head = {
  at: z.string().describe('when it was made; a report is made at most once a minute'),
  since: z.string().describe('runs that have ended since then are counted'),
  leadMagnets: z.object({
    total: count,
    unreadable: count.describe('stored in a form that this version cannot read; they are not judged'),
  }),
  limitsVersions: z.array(z.int()).describe('the versions of limits that new jobs get; 0 is the built-in table'),
};

const NearLimitSchema = z.object({
  runs: count,
  reached80: count.describe('runs that used 80 % of their limit or more'),
  reached90: count,
  reached100: count,
});

export const TimeoutsAuditSchema = z
  .object({
    ...head,
    risk: RiskScoreSchema,
    jobsOutOfTime: count.describe('jobs that reached the limit of the whole job'),
    scenarios: z.array(
      z.object({
        scenario: z.enum(riskScenarios),
        level: z.enum(riskLevels),
        finding: z.string(),
        impact: z.string(),
        mitigation: z.string(),
        limits: z
          .partialRecord(z.enum(riskLevels), count)
          .describe('lead magnets at each level, by their limits alone'),
        atRisk: z
          .array(z.object({ tenant: z.string(), slug: z.string(), finding: z.string() }))
          .describe('the first lead magnets at the level high, at most 20'),
      }),
    ),
    works: z.array(
      NearLimitSchema.extend({
        kind: z.enum(runKinds),
        work: z.string(),
        timeouts: z.object({
          timeout_start_to_close: count,
          timeout_heartbeat: count,
          timeout_schedule_to_close: count,
          timeout_schedule_to_start: count,
        }),
      }),
    ),
  })
  .describe('what time limits put at risk');
export type TimeoutsAudit = z.infer<typeof TimeoutsAuditSchema>;

const LoopSchema = z.object({
  step: z.string(),
  display: z.object({ width: z.int(), height: z.int() }),
  environment: z.string(),
  budget: z.object({ iterations: z.int(), seconds: z.number(), usd: z.number().nullable() }),
  attemptSeconds: z.number().describe('in force, by the version of limits of new jobs'),
  attempts: z.number().nullable().describe('null when it is tried until it succeeds'),
});

export const AuditedLeadMagnetSchema = z.object({
  tenant: z.string(),
  slug: z.string(),
  name: z.string(),
  version: z.int(),
  runs: count.describe('runs of its computer-use steps'),
  steps: z.array(LoopSchema),
});
export type AuditedLeadMagnet = z.infer<typeof AuditedLeadMagnetSchema>;

export const ComputerUseAuditSchema = z
  .object({
    ...head,
    using: count.describe('lead magnets with a computer-use step'),
    sharePercent: z.number().min(0).max(100),
    path: z.enum(usagePaths).describe('A: below 5 % of all lead magnets; B: 5 to 20 %; C: above 20 %'),
    advice: z.string(),
    actions: z.array(
      z.object({
        path: z.enum(usagePaths).describe('the first path that asks for it'),
        isDue: z.boolean().describe('whether the path of this installation asks for it'),
        action: z.string(),
        state: z.enum(actionStates),
        finding: z.string().describe('what the state was judged by'),
        how: z.string(),
      }),
    ),
    tenants: z.array(z.object({ tenant: z.string(), leadMagnets: count, using: count, runs: count })),
    displays: z.array(z.object({ width: z.int(), height: z.int(), steps: count })),
    environments: z.array(z.object({ environment: z.string(), steps: count })),
    runs: NearLimitSchema.describe('of computer-use steps'),
    risk: RiskScoreSchema.describe('of the lead magnets and runs with computer use alone'),
  })
  .describe('which lead magnets use a browser, and what that asks of the installation');
export type ComputerUseAudit = z.infer<typeof ComputerUseAuditSchema>;
