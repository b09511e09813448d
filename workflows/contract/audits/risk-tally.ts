/** Judges lead magnets one by one by the limits of all versions that new jobs get, and keeps counts and a few examples. Pure. */
import type { LeadMagnet } from '../lead-magnets/lead-magnet.ts';
import {
  limitRisks,
  riskLevels,
  riskScenarios,
  type LimitRisk,
  type RiskLevel,
  type RiskScenario,
} from '../limits/limit-risks.ts';
import type { LimitsByKind } from '../limits/limits-version.ts';

export interface LeadMagnetAtRisk {
  readonly tenant: string;
  readonly slug: string;
  readonly finding: string;
}

export interface ScenarioTally {
  /** The worst risk of a lead magnet; the one of the defaults as long as there is no lead magnet. */
  readonly worst: LimitRisk;
  readonly levels: Readonly<Partial<Record<RiskLevel, number>>>;
  readonly atRisk: readonly LeadMagnetAtRisk[];
}

export type RiskTally = Readonly<Record<RiskScenario, ScenarioTally>>;

const examples = 20;

export const emptyTally: RiskTally = tallyOf((scenario) => {
  const worst = riskOf(limitRisks(), scenario);
  return { worst: { ...worst, level: 'none' }, levels: {}, atRisk: [] };
});

/** The tally with one lead magnet more. `versions` are what each version of limits changes. */
export function withLeadMagnet(
  tally: RiskTally,
  { tenant, definition }: { readonly tenant: string; readonly definition: LeadMagnet },
  versions: readonly LimitsByKind[],
): RiskTally {
  const judged = versions.map((overrides) => limitRisks(definition, overrides));
  return tallyOf((scenario) => {
    const risk = judged.map((risks) => riskOf(risks, scenario)).reduce(worse);
    const { worst, levels, atRisk } = tally[scenario];
    const isExample = risk.level === 'high' && atRisk.length < examples;
    return {
      worst: worse(worst, risk),
      levels: { ...levels, [risk.level]: (levels[risk.level] ?? 0) + 1 },
      atRisk: isExample ? [...atRisk, { tenant, slug: definition.slug, finding: risk.finding }] : atRisk,
    };
  });
}

/** How many lead magnets have each scenario at the level `high`. */
export function atHigh(tally: RiskTally): Readonly<Record<RiskScenario, number>> {
  const of = (scenario: RiskScenario): number => tally[scenario].levels.high ?? 0;
  return {
    loop_budget: of('loop_budget'),
    several_loops: of('several_loops'),
    step_limit: of('step_limit'),
    job_limit: of('job_limit'),
  };
}

export function worseLevel(one: RiskLevel, other: RiskLevel): RiskLevel {
  return riskLevels.indexOf(other) > riskLevels.indexOf(one) ? other : one;
}

function worse(one: LimitRisk, other: LimitRisk): LimitRisk {
  return worseLevel(one.level, other.level) === one.level ? one : other;
}

function riskOf(risks: readonly LimitRisk[], scenario: RiskScenario): LimitRisk {
  const found = risks.find((risk) => risk.scenario === scenario);
  if (found === undefined) throw new Error(`no risk ${scenario}; known: ${riskScenarios.join(', ')}`);
  return found;
}

function tallyOf(of: (scenario: RiskScenario) => ScenarioTally): RiskTally {
  return {
    loop_budget: of('loop_budget'),
    several_loops: of('several_loops'),
    step_limit: of('step_limit'),
    job_limit: of('job_limit'),
  };
}
