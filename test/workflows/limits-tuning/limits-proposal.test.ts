/** The time of a proposal that asks people, on the time-skipping server. */
import { expect, it } from 'vitest';
import type { DecideInput } from '../../../workflows/contract/limits/tuning.ts';
import { limitsProposalType } from '../../../workflows/contract/limits/tuning.ts';
import { taskQueue } from '../../../workflows/contract/names.ts';
import { useWorkflowEnvironment } from '../../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('skipping');

it('L20: a proposal that nobody answers expires after its day, and not before', async () => {
  const decided: DecideInput[] = [];
  const activities = {
    guardLimits: async () => Promise.reject(new Error('it is not asked to guard')),
    proposeLimits: async () => Promise.reject(new Error('it is not asked to propose')),
    decideLimits: async (input: DecideInput) => {
      decided.push(input);
      return { as: 'taken', state: 'expired' } as const;
    },
  };
  const began = await server.environment.currentTimeMs();
  const expiresAt = new Date(began + 24 * 3_600_000).toISOString();
  await server.withWorkers('expiry', activities, async () => {
    const handle = await server.environment.client.workflow.start(limitsProposalType, {
      workflowId: 'expiry-limits-proposal-1',
      taskQueue: taskQueue('expiry', 'jobs'),
      args: [{ proposal: 1, expiresAt }],
    });
    expect(await handle.result()).toEqual({ as: 'taken', state: 'expired' });
    const { startTime, closeTime = startTime } = await handle.describe();
    expect(closeTime.getTime() - startTime.getTime()).toBeGreaterThan(23.9 * 3_600_000);
  });
  expect(decided).toEqual([{ proposal: 1, decision: 'expire', by: 'tuning', note: null }]);
});
