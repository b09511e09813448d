/** Proposes a version of limits where the recorded runs recommend one, unless a trial, a question or a cool-down forbids it. */
import type { Limits } from '../../store/limits/limits.ts';
import { limitDifferences } from '../../workflows/contract/limits/limits-version.ts';
import { proposedLimits, type LimitRecommendation } from '../../workflows/contract/limits/proposal.ts';
import type { LimitsProposal } from '../../workflows/contract/limits/limits-schema.ts';
import type { ProposeResult, TuningMode } from '../../workflows/contract/limits/tuning.ts';

export interface ProposeDependencies {
  readonly limits: Limits;
  readonly mode: TuningMode;
  readonly coolDownSeconds: number;
  /** What the runs of the last days recommend. */
  readonly recommend: (now: Date) => Promise<readonly LimitRecommendation[]>;
}

export async function proposeLimits(dependencies: ProposeDependencies, now: Date): Promise<ProposeResult> {
  const { limits, mode, coolDownSeconds, recommend } = dependencies;
  const open = await limits.openProposal();
  if (open !== null) return asking(open);
  if (mode === 'off') return { state: 'off', open: null, reason: 'LODESTONE_LIMITS_TUNING is off' };
  const { stable: base } = await limits.rollout();
  const inForce = (await limits.version(base))?.overrides ?? {};
  const proposed = proposedLimits(inForce, await recommend(now));
  if (proposed === null) return { state: 'nothing', open: null, reason: 'the runs recommend no other limits' };
  const { overrides, followed } = proposed;
  const changes = limitDifferences(inForce, overrides);
  const why = changes
    .map(({ kind, limit, from, to }) => `${kind}.${limit} ${from ?? 'none'} → ${to ?? 'none'}`)
    .join(', ');
  const evidence = { recommendations: followed.map((recommendation) => ({ ...recommendation })) };
  const taken = await limits.propose({ mode, base, overrides, why, evidence, coolDownSeconds, now });
  switch (taken.as) {
    case 'taken':
      if (mode === 'ask') return asking(taken.proposal);
      return { state: mode === 'act' ? 'applied' : 'dry_run', open: null, reason: why };
    case 'asking':
      return asking(taken.proposal);
    case 'canary':
      return { state: 'canary', open: null, reason: 'a version is being tried' };
    case 'stale':
      return { state: 'stale', open: null, reason: 'the limits were changed meanwhile' };
    case 'cool_down':
      return {
        state: 'cool_down',
        open: null,
        reason: `the last change or proposal is less than ${coolDownSeconds} s ago`,
      };
  }
}

function asking({ number, expiresAt, madeAt, why }: LimitsProposal): ProposeResult {
  return { state: 'asking', open: { proposal: number, expiresAt: expiresAt ?? madeAt }, reason: why };
}
