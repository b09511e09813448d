/** The workflows of the tuning of limits over a real store, on the dev server: after an Update, or a child, the Java server keeps its clock. */
import { expect, it } from 'vitest';
import { createLimitsTuning } from '../../../activities/limits/limits-tuning.ts';
import type { Limits } from '../../../store/limits/limits.ts';
import { decideProposalUpdate } from '../../../workflows/contract/limits/messages.ts';
import type { LimitRecommendation } from '../../../workflows/contract/limits/proposal.ts';
import {
  limitsProposalId,
  limitsTuningType,
  type DecideResult,
  type ProposalAnswer,
  type TuningMode,
  type TuningResult,
} from '../../../workflows/contract/limits/tuning.ts';
import { taskQueue } from '../../../workflows/contract/names.ts';
import { temporaryStore } from '../../support/temporary-store.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('local');
const recommended: LimitRecommendation = { kind: 'ai', limit: 'attemptSeconds', value: 1200, runs: 500, reason: 'p99' };
let count = 0;

interface Tuning {
  readonly limits: Limits;
  readonly look: () => Promise<TuningResult>;
  readonly answer: (answer: ProposalAnswer) => Promise<DecideResult>;
  readonly ended: () => Promise<DecideResult>;
}

async function withTuning(mode: TuningMode, work: (tuning: Tuning) => Promise<void>): Promise<void> {
  count += 1;
  const prefix = `tuning${count}`;
  const { acrossTenants } = await temporaryStore();
  const { limits } = acrossTenants;
  const recommend = async () => [recommended];
  const now = () => new Date();
  const activities = createLimitsTuning({ limits, mode, coolDownSeconds: 3600, recommend, now });
  const { workflow } = server.environment.client;
  const proposal = () => workflow.getHandle(limitsProposalId(prefix, 1));
  let looks = 0;
  await server.withWorkers(prefix, activities, () =>
    work({
      limits,
      look: () => {
        looks += 1;
        const workflowId = `${prefix}-look-${looks}`;
        return workflow.execute(limitsTuningType, { workflowId, taskQueue: taskQueue(prefix, 'jobs') });
      },
      answer: (answer) =>
        proposal().executeUpdate<DecideResult, [ProposalAnswer]>(decideProposalUpdate, { args: [answer] }),
      ended: () => proposal().result(),
    }),
  );
}

it('L20: a look in dry run ends by itself, asks nobody, and changes nothing', async () => {
  await withTuning('dry-run', async ({ limits, look }) => {
    expect(await look()).toMatchObject({ guard: { state: 'none' }, proposal: { state: 'dry_run' } });
    expect(await limits.rollout()).toMatchObject({ stable: 0, candidate: null });
  });
});

it('L17: a proposal waits for one answer across looks; approved, it begins to be tried, and further looks guard it', async () => {
  await withTuning('ask', async ({ limits, look, answer, ended }) => {
    expect(await look()).toMatchObject({ proposal: { state: 'asking', open: { proposal: 1 } } });
    expect(await look()).toMatchObject({ proposal: { state: 'asking', open: { proposal: 1 } } });
    expect(await answer({ decision: 'approve', by: 'ada', note: 'go' })).toEqual({ as: 'taken', state: 'approved' });
    expect(await ended()).toEqual({ as: 'taken', state: 'approved' });
    expect(await limits.rollout()).toMatchObject({ stable: 0, candidate: 1, percent: 10 });
    expect(await look()).toMatchObject({ guard: { state: 'continue', candidate: 1 }, proposal: null });
    expect(await limits.proposal(1)).toMatchObject({ state: 'approved', decidedBy: 'ada', note: 'go', version: 1 });
  });
});

it('L20: a proposal that is denied changes nothing, and is told with its reason', async () => {
  await withTuning('ask', async ({ limits, look, answer }) => {
    await look();
    expect(await answer({ decision: 'deny', by: 'ada', note: 'a holiday' })).toEqual({ as: 'taken', state: 'denied' });
    expect(await limits.proposal(1)).toMatchObject({ state: 'denied', note: 'a holiday', version: null });
    expect(await look()).toMatchObject({ proposal: { state: 'cool_down' } });
    expect(await limits.rollout()).toMatchObject({ stable: 0, candidate: null, revision: 0 });
  });
});

it('L17: where the operator allowed it, a proposal is tried without asking', async () => {
  await withTuning('act', async ({ limits, look }) => {
    expect(await look()).toMatchObject({ proposal: { state: 'applied' } });
    expect(await limits.rollout()).toMatchObject({ candidate: 1, percent: 10 });
    expect(await look()).toMatchObject({ guard: { state: 'continue' }, proposal: null });
  });
});
