/** What the limits in force put at risk, in four scenarios of a job; of a lead magnet, or of the defaults. */
import { counted } from '../counted.ts';
import type { LeadMagnet } from '../lead-magnets/lead-magnet.ts';
import { defaultJobSeconds, effectiveLimits, type StepLimits } from './limits.ts';
import { stepLimitsInForce, type LimitsByKind } from './limits-version.ts';

export const riskScenarios = ['loop_budget', 'several_loops', 'step_limit', 'job_limit'] as const;
/** `medium` comes from what was recorded alone; limits in force are safe or not. */
export const riskLevels = ['none', 'low', 'medium', 'high'] as const;
export type RiskLevel = (typeof riskLevels)[number];

export type RiskScenario = (typeof riskScenarios)[number];

export interface LimitRisk {
  readonly scenario: RiskScenario;
  readonly level: RiskLevel;
  /** The numbers that the level follows from, in one sentence. */
  readonly finding: string;
  readonly impact: string;
  readonly mitigation: string;
}

interface LimitedStep {
  readonly id: string;
  readonly limits: StepLimits;
  /** The loop's own limit; null for a step that has none. */
  readonly budgetSeconds: number | null;
}

/** The budget of a computer-use step that names none. */
const defaultBudgetSeconds = 900;

/**
 * One risk a scenario, in their order. Without a definition: of a job with one computer-use step by the defaults. `pinned` is
 * what the version of limits of the job changes; without it, the built-in table holds.
 */
export function limitRisks(
  leadMagnet?: Pick<LeadMagnet, 'steps' | 'totalSeconds'>,
  pinned?: LimitsByKind,
): readonly LimitRisk[] {
  const steps = leadMagnet === undefined ? [defaultStep()] : leadMagnet.steps.map((step) => limitedStep(step, pinned));
  const jobSeconds = leadMagnet?.totalSeconds ?? defaultJobSeconds;
  return [loopBudget(steps), severalLoops(steps, jobSeconds), stepLimit(steps), jobLimit(steps, jobSeconds)];
}

function defaultStep(): LimitedStep {
  const limits = effectiveLimits('computer_use', undefined, defaultBudgetSeconds);
  return { id: 'computer_use', limits, budgetSeconds: defaultBudgetSeconds };
}

function limitedStep(step: LeadMagnet['steps'][number], pinned: LimitsByKind | undefined): LimitedStep {
  const budgetSeconds = step.kind === 'computer_use' ? step.budget.seconds : null;
  return { id: step.id, limits: stepLimitsInForce(step, pinned), budgetSeconds };
}

/** The loop must end by its own budget, with its partial result, before its attempt is cut off. */
function loopBudget(steps: readonly LimitedStep[]): LimitRisk {
  const loops = steps.filter(({ budgetSeconds }) => budgetSeconds !== null);
  const tight = loops.filter(({ limits, budgetSeconds }) => limits.attemptSeconds - (budgetSeconds ?? 0) < 60);
  const room = loops.map(({ limits, budgetSeconds }) => limits.attemptSeconds - (budgetSeconds ?? 0));
  return {
    scenario: 'loop_budget',
    level: loops.length === 0 ? 'none' : tight.length > 0 ? 'high' : 'low',
    finding:
      loops.length === 0
        ? 'no step has a loop'
        : `an attempt has at least ${duration(Math.min(...room))} beyond the budget of its loop${named(tight)}`,
    impact: 'an attempt that is cut off before the loop ends begins again from its checkpoint',
    mitigation: 'keep attemptSeconds a minute above budget.seconds, or leave it out: it then follows the budget',
  };
}

function severalLoops(steps: readonly LimitedStep[], jobSeconds: number): LimitRisk {
  const loops = steps.filter(({ budgetSeconds }) => budgetSeconds !== null);
  const budgets = loops.reduce((sum, { budgetSeconds }) => sum + (budgetSeconds ?? 0), 0);
  const share = budgets / jobSeconds;
  return {
    scenario: 'several_loops',
    level: loops.length < 2 ? 'none' : share > 0.5 ? 'high' : 'low',
    finding: `${counted(loops.length, 'loop')}, together ${duration(budgets)} of the job's ${duration(jobSeconds)}`,
    impact: 'loops one after the other may use up the job, although each keeps its own limit',
    mitigation: 'raise totalSeconds of the job, lower budget.seconds, or let loops run in parallel (parallelSteps)',
  };
}

function stepLimit(steps: readonly LimitedStep[]): LimitRisk {
  const once = steps.filter(({ limits }) => limits.attempts === 1);
  const unseen = steps.filter(({ limits }) => limits.heartbeatSeconds === null && limits.attemptSeconds > deathSeconds);
  const atRisk = [...new Set([...once, ...unseen])];
  return {
    scenario: 'step_limit',
    level: atRisk.length > 0 ? 'high' : 'low',
    finding:
      atRisk.length > 0
        ? `a dead worker costs the step, or is seen late${named(atRisk)}`
        : 'every step has another attempt, and a dead worker is seen within five minutes',
    impact: 'the step ends as failed with the limit as its reason; its partial result is kept where it has one',
    mitigation:
      'leave attempts above 1, set heartbeatSeconds, and say with onFailure what the job does without the step',
  };
}

/** The longest time after which a worker's death should be seen. */
const deathSeconds = 300;

function jobLimit(steps: readonly LimitedStep[], jobSeconds: number): LimitRisk {
  const longer = steps.filter(({ limits }) => limits.totalSeconds === null || limits.totalSeconds >= jobSeconds);
  const attempts = steps.reduce((sum, { limits }) => sum + limits.attemptSeconds, 0);
  return {
    scenario: 'job_limit',
    level: attempts > jobSeconds ? 'high' : longer.length > 0 ? 'high' : 'low',
    finding: `one attempt of each step takes at most ${duration(attempts)} of the job's ${duration(jobSeconds)}${named(longer)}`,
    impact:
      'the job stops in order as timed_out: running steps are cancelled, what is done is kept, no delivery is made',
    mitigation: 'keep totalSeconds of each step below totalSeconds of the job, and of the job above all attempts',
  };
}

function named(steps: readonly LimitedStep[]): string {
  return steps.length === 0 ? '' : `; at risk: ${steps.map(({ id }) => id).join(', ')}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 2 * 3600 ? `${Math.round(seconds / 6) / 10} min` : `${Math.round(seconds / 360) / 10} h`;
}
