/** What only a real server can show: heartbeats that survive an attempt, queries, and search attributes. */
import { activityInfo, Context } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import type { LeadMagnetJobResult } from '../../workflows/contract/jobs/job.ts';
import { jobStatusQuery } from '../../workflows/contract/jobs/messages.ts';
import { leadMagnetJobType, taskQueue } from '../../workflows/contract/names.ts';
import { aiStep, jobInput } from '../support/definitions.ts';
import { fakeActivities, stepResult } from '../support/workflows/fake-activities.ts';
import { useWorkflowEnvironment } from '../support/workflows/workflow-environment.ts';

const server = useWorkflowEnvironment('local');

describe('on the dev server', () => {
  it('A05: an attempt that falls silent is followed by one that has its last checkpoint', async () => {
    const seen: unknown[] = [];
    const { activities } = fakeActivities({
      runAi: async () => {
        seen.push(activityInfo().heartbeatDetails);
        if (activityInfo().attempt > 1) return stepResult({ attempts: 2 });
        Context.current().heartbeat({ iteration: 7 });
        // As a killed worker: no answer, no further beat, until the server has given it up.
        await Context.current().cancelled;
        return stepResult();
      },
    });
    const result: LeadMagnetJobResult = await server.withWorkers('silent', activities, () =>
      server.environment.client.workflow.execute(leadMagnetJobType, {
        workflowId: 'job_silent',
        taskQueue: taskQueue('silent', 'jobs'),
        args: [jobInput({ steps: [aiStep('a', { limits: { heartbeatSeconds: 2 } })] })],
      }),
    );
    expect(result.outcome).toBe('completed');
    expect(seen).toEqual([undefined, { iteration: 7 }]);
  });

  it('A14: a running job answers what it does, and is found by its state', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { activities } = fakeActivities({
      runAi: async () => {
        begun();
        await held;
        return stepResult();
      },
    });
    const { client } = server.environment;
    await server.withWorkers('query', activities, async () => {
      const handle = await client.workflow.start(leadMagnetJobType, {
        workflowId: 'job_query',
        taskQueue: taskQueue('query', 'jobs'),
        args: [jobInput({ steps: [aiStep('a')] })],
      });
      await started;
      expect(await handle.query(jobStatusQuery)).toEqual({
        state: 'running',
        steps: [{ id: 'a', state: 'running', reason: null }],
      });
      release();
      await handle.result();
    });
    await expect
      .poll(
        async () => (await client.workflow.count("LodestoneState = 'completed' and WorkflowId = 'job_query'")).count,
      )
      .toBe(1);
  });
});
