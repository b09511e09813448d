/** Proposes a version of limits where the recorded runs recommend one, unless a trial, a question or a cool-down forbids it. */
import type { Limits } from '../../store/limits/limits.ts';
import { isResting } from '../../store/limits/proposal-rest.ts';
import { limitDifferences, tableOf } from '../../workflows/contract/limits/limits-version.ts';
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
  const { stable: base, candidate } = await limits.rollout();
  // Checked first: the runs of a week are many rows.
  if (candidate !== null) return beingTried;
  if (await limits.isCoolingDown({ coolDownSeconds, now })) return coolingDown(coolDownSeconds);
  const inForce = (await limits.version(base))?.overrides ?? {};
  const refused = await limits.refusedChanges(now);
  const all = await recommend(now);
  const recommended = all.filter(({ kind, limit, value }) => {
    const isRaised = value > (tableOf(kind, inForce)[limit] ?? Infinity);
    return !isResting({ kind, limit, isRaised }, refused);
  });
  const proposed = proposedLimits(inForce, recommended);
  if (proposed === null && recommended.length < all.length) return coolingDown(coolDownSeconds);
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
      return beingTried;
    case 'stale':
      return { state: 'stale', open: null, reason: 'the limits were changed meanwhile' };
    case 'cool_down':
      return coolingDown(coolDownSeconds);
  }
}

const beingTried: ProposeResult = { state: 'canary', open: null, reason: 'a version is being tried' };

function coolingDown(seconds: number): ProposeResult {
  const reason = `the last change or proposal is less than ${seconds} s ago, or it was refused within a week`;
  return { state: 'cool_down', open: null, reason };
}

function asking({ number, expiresAt, madeAt, why }: LimitsProposal): ProposeResult {
  return { state: 'asking', open: { proposal: number, expiresAt: expiresAt ?? madeAt }, reason: why };
}
