/** The budget of a loop. It holds over all attempts, because the checkpoint counts what was spent. */
import type { Checkpoint } from './checkpoint.ts';

export interface Budget {
  readonly iterations: number;
  /** Active seconds; the time between attempts does not count. */
  readonly seconds: number;
  readonly usd: number | null;
}

type Limit = 'iteration_limit' | 'time_limit' | 'budget';

interface Share {
  readonly limit: Limit;
  readonly used: number;
  readonly allowed: number;
  readonly text: string;
}

function shares({ iteration, activeMilliseconds, usage }: Checkpoint, budget: Budget): readonly Share[] {
  const seconds = activeMilliseconds / 1000;
  return [
    {
      limit: 'iteration_limit',
      used: iteration,
      allowed: budget.iterations,
      text: `${iteration} of ${budget.iterations} iterations`,
    },
    {
      limit: 'time_limit',
      used: seconds,
      allowed: budget.seconds,
      text: `${seconds.toFixed(1)} of ${budget.seconds} s`,
    },
    ...(budget.usd === null
      ? []
      : [
          {
            limit: 'budget' as const,
            used: usage.costUsd,
            allowed: budget.usd,
            text: `$${usage.costUsd.toFixed(4)} of $${budget.usd}`,
          },
        ]),
  ];
}

export interface ReachedLimit {
  readonly reason: Limit;
  readonly message: string;
}

/** The limit that has been reached, if any: it ends the step with a typed reason, never as a silent success. */
export function reachedLimit(checkpoint: Checkpoint, budget: Budget): ReachedLimit | null {
  const reached = shares(checkpoint, budget).find(({ used, allowed }) => used >= allowed);
  return reached === undefined ? null : { reason: reached.limit, message: `the step used ${reached.text}` };
}

/** The share of a budget at which a warning is due. */
const warningShare = 0.8;

/** Budgets that have passed 80 % and were not reported before. */
export function dueWarnings(
  checkpoint: Checkpoint,
  budget: Budget,
): readonly { readonly name: string; readonly message: string }[] {
  return shares(checkpoint, budget)
    .filter(({ limit, used, allowed }) => used >= allowed * warningShare && !checkpoint.warned.includes(limit))
    .map(({ limit, text }) => ({ name: limit, message: `over 80 % of a budget is used: ${text}` }));
}
