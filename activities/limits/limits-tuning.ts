/** The tuning of limits as activities. */
import type { LimitsTuningActivities } from '../../workflows/contract/limits/tuning.ts';
import { failure } from '../failure.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { guardCanary } from './guard-canary.ts';
import { proposeLimits, type ProposeDependencies } from './propose-limits.ts';

export function createLimitsTuning(
  dependencies: ProposeDependencies & { readonly now: () => Date },
): LimitsTuningActivities {
  const { limits, now } = dependencies;
  return {
    guardLimits: () => withHeartbeat(null, () => guardCanary(limits, now())),
    proposeLimits: () => withHeartbeat(null, () => proposeLimits(dependencies, now())),
    async decideLimits(input) {
      const decided = await limits.decide(input, now());
      if (decided === null) throw failure('step_definition', `there is no proposal ${input.proposal} of limits`);
      return decided;
    },
  };
}
