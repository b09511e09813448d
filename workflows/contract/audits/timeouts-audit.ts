/** A08: the report of time-outs, from the limits in force of all lead magnets and from what was recorded. Pure. */
import { counted } from '../counted.ts';
import { riskScenarios, type RiskLevel, type RiskScenario } from '../limits/limit-risks.ts';
import { timeoutReasons } from '../runs/limit-share.ts';
import type { TimeoutsAudit } from './audit-schema.ts';
import { atHigh, worseLevel, type RiskTally } from './risk-tally.ts';
import { timeoutRiskScore } from './timeout-risk.ts';

export type WorkFigures = TimeoutsAudit['works'][number];

export interface TimeoutsFacts extends Pick<
  TimeoutsAudit,
  'at' | 'since' | 'leadMagnets' | 'limitsVersions' | 'jobsOutOfTime'
> {
  readonly works: readonly WorkFigures[];
  readonly tally: RiskTally;
}

export function timeoutsAudit({ tally, works, ...facts }: TimeoutsFacts): TimeoutsAudit {
  const all = sumOf(works);
  const { jobsOutOfTime } = facts;
  const judged = facts.leadMagnets.total - facts.leadMagnets.unreadable;
  return {
    ...facts,
    risk: scoreOf({
      leadMagnets: judged,
      atHigh: atHigh(tally),
      // A job that reached its limit counts as one run that was cut off.
      runs: all.runs + jobsOutOfTime,
      reached80: all.reached80 + jobsOutOfTime,
      timeouts: all.timeouts + jobsOutOfTime,
    }),
    scenarios: riskScenarios.map((scenario) => {
      const { worst, levels, atRisk } = tally[scenario];
      const recorded = recordedRisk(scenario, works, jobsOutOfTime);
      return {
        scenario,
        // What was recorded says nothing where no lead magnet has the scenario.
        level: worst.level === 'none' ? 'none' : worseLevel(worst.level, recorded.level),
        finding: `${levels.high ?? 0} of ${counted(judged, 'lead magnet')} at risk by limits; ${recorded.finding}`,
        impact: worst.impact,
        mitigation: worst.mitigation,
        limits: { ...levels },
        atRisk: [...atRisk],
      };
    }),
    works: [...works],
  };
}

/** The score, its points as people read them. */
export function scoreOf(figures: Parameters<typeof timeoutRiskScore>[0]): TimeoutsAudit['risk'] {
  const { score, parts } = timeoutRiskScore(figures);
  return { score, parts: parts.map((part) => ({ ...part, points: Math.round(part.points * 10) / 10 })) };
}

export interface WorkSum {
  readonly runs: number;
  readonly reached80: number;
  readonly reached90: number;
  readonly reached100: number;
  readonly timeouts: number;
}

export function sumOf(works: readonly WorkFigures[]): WorkSum {
  const sum = (of: (work: WorkFigures) => number): number => works.reduce((total, work) => total + of(work), 0);
  return {
    runs: sum(({ runs }) => runs),
    reached80: sum(({ reached80 }) => reached80),
    reached90: sum(({ reached90 }) => reached90),
    reached100: sum(({ reached100 }) => reached100),
    timeouts: sum(({ timeouts }) => timeoutReasons.reduce((total, reason) => total + timeouts[reason], 0)),
  };
}

interface RecordedRisk {
  readonly level: RiskLevel;
  readonly finding: string;
}

function recordedRisk(scenario: RiskScenario, works: readonly WorkFigures[], jobsOutOfTime: number): RecordedRisk {
  switch (scenario) {
    case 'loop_budget':
      return cutOffLoops(works.filter(isComputerUse));
    case 'step_limit':
      return runsAtLimits(sumOf(works));
    case 'several_loops':
    case 'job_limit':
      return {
        level: jobsOutOfTime > 0 ? 'medium' : 'low',
        finding: `${counted(jobsOutOfTime, 'job')} reached the limit of the whole job`,
      };
  }
}

export function isComputerUse({ kind, work }: Pick<WorkFigures, 'kind' | 'work'>): boolean {
  return kind === 'step' && work === 'computer_use';
}

/** Above these shares of runs, time-outs are a high risk, and runs near their limit a medium one. */
const highShare = 0.01;
const mediumShare = 0.05;

function cutOffLoops(works: readonly WorkFigures[]): RecordedRisk {
  const { runs } = sumOf(works);
  const cutOff = works.reduce((sum, { timeouts }) => sum + timeouts.timeout_start_to_close, 0);
  const level = cutOff === 0 ? 'low' : cutOff > runs * highShare ? 'high' : 'medium';
  return { level, finding: `${cutOff} of ${counted(runs, 'computer-use run')} were cut off in an attempt` };
}

function runsAtLimits({ runs, reached80, reached90, reached100, timeouts }: WorkSum): RecordedRisk {
  const isMedium = timeouts > 0 || reached80 > runs * mediumShare;
  return {
    level: timeouts > runs * highShare ? 'high' : isMedium ? 'medium' : 'low',
    finding: `of ${counted(runs, 'run')}, ${reached80} used 80 %, ${reached90} used 90 % and ${reached100} all of their limit; ${timeouts} timed out`,
  };
}
