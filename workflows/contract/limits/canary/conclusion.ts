/** The rules that make a decision of the evidence, the runs and the time, and the sentence that tells why. Pure. */

import { learningRuns } from './lesson.ts';
import type { CanaryLook } from './runs.ts';
import type { CanarySettings } from './settings.ts';
import type { Trial } from './trial.ts';
import type { ArmCount, CanaryCause, CanaryDecision, CanaryEvidence, Harm } from './verdict.ts';

export interface Conclusion {
  readonly decision: CanaryDecision;
  readonly cause: CanaryCause;
  readonly reason: string;
}

const harms: Readonly<Record<Harm, string>> = {
  slower: 'The candidate is slower',
  more_errors: 'The candidate has more errors',
  dearer: 'The candidate costs more',
};

export function conclude(
  look: CanaryLook,
  settings: CanarySettings,
  trial: Trial,
  evidence: CanaryEvidence,
): Conclusion {
  const runs = `${trial.canaryRuns} runs of the canary and ${trial.controlRuns} of the control`;
  const figures = describe(evidence);
  if (isTooEarly(look, settings)) return tooEarly(settings);
  if (trial.harmFound !== null) {
    return conclusion('roll_back', trial.harmFound, `${harms[trial.harmFound]} after ${runs}: ${figures}.`);
  }
  if (trial.isSafe) return conclusion('promote', 'harmless', `Nothing is harmed after ${runs}: ${figures}.`);
  if (isTooLate(look, settings)) return tooLate(settings, `${runs} are judged: ${figures}`);
  if (trial.hasEnoughRuns) {
    return conclusion('continue', 'undecided', `${runs} are not enough evidence yet: ${figures}.`);
  }
  return conclusion(
    'continue',
    'too_few_runs',
    `${runs} are judged; ${settings.leastCanaryRuns} of the canary are needed.`,
  );
}

/** While too few runs of the control are known to tell what is normal. */
export function concludeWithoutEvidence(
  { ended, underWay }: Pick<ArmCount, 'ended' | 'underWay'>,
  look: CanaryLook,
  settings: CanarySettings,
): Conclusion {
  const state = `the first ${learningRuns} runs of the control teach what is normal; ${ended} have ended and ${underWay} are under way`;
  if (isTooEarly(look, settings)) return tooEarly(settings);
  if (isTooLate(look, settings)) return tooLate(settings, state);
  return conclusion('continue', 'too_few_runs', `No decision yet: ${state}.`);
}

function isTooEarly({ nowMs, beganAtMs }: CanaryLook, { leastMs }: CanarySettings): boolean {
  return nowMs - beganAtMs < leastMs;
}

function tooEarly({ leastMs }: CanarySettings): Conclusion {
  return conclusion('continue', 'too_early', `No decision before the canary is ${minutes(leastMs)} minutes old.`);
}

function isTooLate({ nowMs, beganAtMs }: CanaryLook, { longestMs }: CanarySettings): boolean {
  return nowMs - beganAtMs >= longestMs;
}

function tooLate({ longestMs }: CanarySettings, state: string): Conclusion {
  const reason = `No evidence in the longest time of ${minutes(longestMs)} minutes that the candidate harms nothing; ${state}.`;
  return conclusion('roll_back', 'out_of_time', reason);
}

function conclusion(decision: CanaryDecision, cause: CanaryCause, reason: string): Conclusion {
  return { decision, cause, reason };
}

/** The three figures of both arms. */
function describe({ duration, errors, cost }: CanaryEvidence): string {
  const figures = [
    `p95 ${seconds(duration.canary)} s against ${seconds(duration.control)} s`,
    `errors ${percent(errors.canary)} % against ${percent(errors.control)} %`,
    `cost $${dollars(cost.canary)} against $${dollars(cost.control)} a run`,
  ];
  return figures.join(', ');
}

function minutes(milliseconds: number): number {
  return Math.round(milliseconds / 60_000);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function dollars(microUsd: number): string {
  return (microUsd / 1e6).toFixed(4);
}
