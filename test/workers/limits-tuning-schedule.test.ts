/** On the dev server: the Java test server knows no schedules, and forgets workflows whose Update was rejected. */
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { expect, it } from 'vitest';
import { createLimitsTuning } from '../../activities/limits/limits-tuning.ts';
import { createLimitsTemporal } from '../../client/api/limits/limits-temporal.ts';
import { connectTemporal } from '../../client/api/temporal-calls.ts';
import { ensureLimitsTuningSchedule } from '../../workers/limits-tuning-schedule.ts';
import { limitsProposalId, limitsTuningScheduleId } from '../../workflows/contract/limits/tuning.ts';
import { temporaryStore } from '../support/temporary-store.ts';
import { useWorkflowEnvironment } from '../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('local');
const recommended = { kind: 'ai', limit: 'attemptSeconds', value: 1200, runs: 500, reason: 'p99' } as const;

it('L17: limits are tuned every 30 minutes, never two at a time, and a person answers what was proposed', async () => {
  const { client } = server.environment;
  await ensureLimitsTuningSchedule(client, 'tune');
  await ensureLimitsTuningSchedule(client, 'tune');
  const schedule = client.schedule.getHandle(limitsTuningScheduleId('tune'));
  const { spec, policies } = await schedule.describe();
  expect(spec.intervals).toMatchObject([{ every: 1_800_000 }]);
  expect(policies.overlap).toBe(ScheduleOverlapPolicy.SKIP);

  const { limits } = (await temporaryStore()).acrossTenants;
  const activities = createLimitsTuning({
    limits,
    mode: 'ask',
    coolDownSeconds: 3600,
    recommend: async () => [recommended],
    now: () => new Date(),
  });
  const people = createLimitsTemporal({ ...connectTemporal(), client }, 'tune');
  await server.withWorkers('tune', activities, async () => {
    await schedule.trigger(ScheduleOverlapPolicy.SKIP);
    await expect.poll(() => limits.openProposal(), { timeout: 30_000 }).not.toBeNull();
    const open = { proposal: 1, expiresAt: (await limits.openProposal())?.expiresAt ?? '' };
    const waiting = client.workflow.getHandle(limitsProposalId('tune', 1));
    await expect.poll(async () => (await waiting.describe()).status.name, { timeout: 30_000 }).toBe('RUNNING');
    expect(await people.answer(open, { decision: 'approve', by: '', note: null })).toMatchObject({ as: 'closed' });
    expect(await people.answer(open, { decision: 'approve', by: 'ada', note: null })).toEqual({ as: 'taken' });
    expect(await limits.rollout()).toMatchObject({ stable: 0, candidate: 1, percent: 10 });
    await waiting.result();
    expect(await people.answer(open, { decision: 'deny', by: 'eve', note: null })).toMatchObject({ as: 'closed' });
  });
});
