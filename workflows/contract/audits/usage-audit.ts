/** A06, A07: the report of lead magnets with a computer-use step. Pure. */
import type { LeadMagnet } from '../lead-magnets/lead-magnet.ts';
import { stepLimitsInForce, type LimitsByKind } from '../limits/limits-version.ts';
import type { AuditedLeadMagnet, ComputerUseAudit } from './audit-schema.ts';
import { atHigh, type RiskTally } from './risk-tally.ts';
import { scoreOf, sumOf, type WorkFigures } from './timeouts-audit.ts';
import { usageActions, type UsageFacts } from './usage-actions.ts';
import { pathAdvice, usagePath } from './usage-path.ts';

/** What is counted over all lead magnets. */
export interface UsageTally {
  readonly using: number;
  readonly steps: number;
  readonly singleAttempts: number;
  readonly tenants: ReadonlyMap<string, TenantUsage>;
  readonly displays: ReadonlyMap<string, number>;
  readonly environments: ReadonlyMap<string, number>;
}

interface TenantUsage {
  readonly leadMagnets: number;
  readonly using: number;
  readonly runs: number;
}

/** The computer-use steps of a lead magnet, with their limits by the version of limits that most new jobs get. */
export function auditedSteps(definition: LeadMagnet, overrides: LimitsByKind | undefined): AuditedLeadMagnet['steps'] {
  return definition.steps.flatMap((step) => {
    if (step.kind !== 'computer_use') return [];
    const { attemptSeconds, attempts } = stepLimitsInForce(step, overrides);
    const { iterations, seconds, usd = null } = step.budget;
    const { id, display, environment } = step;
    return [{ step: id, display, environment, budget: { iterations, seconds, usd }, attemptSeconds, attempts }];
  });
}

/** Counts lead magnets one after the other. */
export class UsageCounter implements UsageTally {
  using = 0;
  steps = 0;
  singleAttempts = 0;
  readonly tenants = new Map<string, TenantUsage>();
  readonly displays = new Map<string, number>();
  readonly environments = new Map<string, number>();

  add(tenant: string, steps: AuditedLeadMagnet['steps'], runs: number): void {
    const isUsing = steps.length > 0;
    const before = this.tenants.get(tenant) ?? { leadMagnets: 0, using: 0, runs: 0 };
    this.tenants.set(tenant, {
      leadMagnets: before.leadMagnets + 1,
      using: before.using + Number(isUsing),
      runs: before.runs + runs,
    });
    this.using += Number(isUsing);
    this.steps += steps.length;
    for (const { display, environment, attempts } of steps) {
      this.singleAttempts += Number(attempts === 1);
      increment(this.displays, `${display.width}x${display.height}`);
      increment(this.environments, environment);
    }
  }
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

export interface UsageReportFacts
  extends
    Pick<ComputerUseAudit, 'at' | 'since' | 'leadMagnets' | 'limitsVersions'>,
    Pick<UsageFacts, 'workers' | 'apiExportsMetrics' | 'coldStarts' | 'warmStarts'> {
  readonly usage: UsageTally;
  /** Of the lead magnets with computer use alone. */
  readonly risks: RiskTally;
  /** Of computer-use steps alone. */
  readonly works: readonly WorkFigures[];
}

export function computerUseAudit(facts: UsageReportFacts): ComputerUseAudit {
  const { at, since, leadMagnets, limitsVersions, usage, risks, works } = facts;
  const { timeouts, ...runs } = sumOf(works);
  const high = atHigh(risks);
  const judged = leadMagnets.total - leadMagnets.unreadable;
  const path = usagePath(usage.using, judged);
  const actions = usageActions(path, { ...facts, ...usage, ...runs, tightLoops: high.loop_budget });
  return {
    at,
    since,
    leadMagnets,
    limitsVersions,
    using: usage.using,
    sharePercent: judged === 0 ? 0 : Math.round((usage.using / judged) * 1000) / 10,
    path,
    advice: pathAdvice[path],
    actions: [...actions],
    tenants: [...usage.tenants].map(([tenant, counts]) => ({ tenant, ...counts })),
    displays: byCount(usage.displays).map(([size, steps]) => {
      const [width = 0, height = 0] = size.split('x').map(Number);
      return { width, height, steps };
    }),
    environments: byCount(usage.environments).map(([environment, steps]) => ({ environment, steps })),
    runs,
    risk: scoreOf({ leadMagnets: usage.using, atHigh: high, ...runs, timeouts }),
  };
}

/** Lead magnets may have as many sizes of displays as they like. */
const mostShown = 50;

function byCount(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].toSorted(([, one], [, other]) => other - one).slice(0, mostShown);
}
