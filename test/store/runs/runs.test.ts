/** The rows of runs: written once, with what ends the run. */
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { recordedStep } from '../../../activities/records/recorded.ts';
import { measured, noteRun } from '../../../activities/runs/run-meter.ts';
import { experimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema } from '../../../workflows/contract/experiments/spec.ts';
import { onRecordedRun } from '../../../store/runs/recorded-runs.ts';
import { runParts, type Run } from '../../../workflows/contract/runs/run.ts';
import { toolLimits } from '../../../workflows/contract/tools/limits.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { aiStep } from '../../support/definitions.ts';
import { temporaryStore } from '../../support/temporary-store.ts';
import { stepResult } from '../../support/workflows/fake-activities.ts';
import { runningBatch } from '../../support/batches/batches.ts';

const usage = { modelCalls: 1, inputTokens: 5, cachedInputTokens: 0, outputTokens: 2, costUsd: 0.25 };
const at = (seconds: number) => new Date(Date.parse('2026-11-30T12:00:00.000Z') + seconds * 1_000);

test('L12: a step that ends leaves one row, whose parts add up to its duration', async () => {
  const { store, definition } = await storeWithJob({ steps: [aiStep('write')] });
  const run = recordedStep(store, 'ai', async () => {
    noteRun({ model: 'gpt-5.5' });
    const until = performance.now() + 30;
    await measured('model', () => expect.poll(() => performance.now()).toBeGreaterThan(until));
    return { ...stepResult(), usage };
  });
  const told: Run[] = [];
  const stop = onRecordedRun((one) => void told.push(one));
  await activityPlace().run(run, stepInput(definition));
  stop();
  const [row, ...others] = await store.runs.ofOwner(job.id, 10);
  expect(others).toEqual([]);
  expect(told.filter(({ ownerId }) => ownerId === job.id)).toEqual([row]);
  expect(row).toMatchObject({
    kind: 'step',
    work: 'ai',
    partId: 'write',
    leadMagnet: 'test',
    model: 'gpt-5.5',
    outcome: 'succeeded',
    costMicroUsd: 250_000,
    attempts: 1,
    limitsVersion: 0,
  });
  const sum = runParts.reduce((total, part) => total + (row?.times?.[part] ?? 0), 0);
  expect(sum).toBe((row?.endedMs ?? 0) - (row?.queuedMs ?? 0));
  expect(row?.times?.model).toBeGreaterThan(0);
});

test('A12: a step that the workflow ends leaves a row with the kind of its time-out, its limits and what it has cost', async () => {
  const { store, definition } = await storeWithJob({ steps: [aiStep('write')] });
  const run = recordedStep(store, 'ai', async () => {
    throw ApplicationFailure.create({ message: 'gone' });
  });
  await expect(activityPlace().run(run, stepInput(definition))).rejects.toThrow('gone');
  await store.modelCalls.record({
    responseId: 'r',
    key: `${job.id}/write/1/answer/1`,
    jobId: job.id,
    stepId: 'write',
    model: 'm',
    usage,
  });
  const limits = { attemptSeconds: 900, totalSeconds: 60, heartbeatSeconds: 15, attempts: 8 };
  const ended = {
    stepId: 'write',
    generation: 1,
    sequence: 5,
    state: 'timed_out',
    at: at(1e9).toISOString(),
    limits,
  } as const;
  const reason = { type: 'timeout_heartbeat', message: 'the worker died' } as const;
  await store.jobs.recordStepTransition(job.id, { ...ended, reason });
  await store.jobs.recordStepTransition(job.id, { ...ended, reason });
  expect(await store.runs.ofOwner(job.id, 10)).toMatchObject([
    { work: 'ai', outcome: 'timed_out', reason: 'timeout_heartbeat', limits, times: null, costMicroUsd: 250_000 },
  ]);
});

test('a step that never ran leaves no row, unless it waited for a worker as long as it may', async () => {
  const { store } = await storeWithJob({ steps: [aiStep('one'), aiStep('two')] });
  const transition = { generation: 1, sequence: 2, at: at(100).toISOString() };
  const cancelled = { type: 'cancelled', message: 'stopped' } as const;
  await store.jobs.recordStepTransition(job.id, {
    ...transition,
    stepId: 'one',
    state: 'cancelled',
    reason: cancelled,
  });
  const waited = { type: 'timeout_schedule_to_close', message: 'no worker' } as const;
  const limits = { attemptSeconds: 900, totalSeconds: 60, heartbeatSeconds: 15, attempts: 8 };
  await store.jobs.recordStepTransition(job.id, {
    ...transition,
    stepId: 'two',
    state: 'timed_out',
    reason: waited,
    limits,
  });
  expect(await store.runs.ofOwner(job.id, 10)).toMatchObject([
    { partId: 'two', queuedMs: at(40).getTime(), endedMs: at(100).getTime(), attempts: 0 },
  ]);
});

test('L12: a tool request leaves a row with its wait, also when no worker took it', async () => {
  const { toolRequests, runs } = await temporaryStore();
  const request = {
    tool: 'chat',
    isNewConversation: true,
    input: {},
    inputHash: 'h',
    files: [],
    limits: toolLimits({}, 'chat'),
    now: at(0),
    expiresAt: at(900),
  };
  await toolRequests.accept({ ...request, id: 't1', conversationId: 'c1' });
  await toolRequests.begin('t1', 'turn', at(2));
  const measures = {
    model: 'm',
    statusCode: null,
    memoryPeakBytes: 5,
    memoryMeanBytes: 4,
    coldStart: null,
    longestRepeat: null,
  };
  const end = { outcome: 'completed', cut: null } as const;
  const times = { model: 2_500, store: 100 };
  await toolRequests.end('t1', end, at(5), { measures, times, attempts: 1, usage });
  await toolRequests.end('t1', { ...end, outcome: 'failed' }, at(6));
  await toolRequests.accept({ ...request, id: 't2', conversationId: 'c2' });
  await toolRequests.end('t2', { ...end, outcome: 'timed_out' }, at(60));
  expect(await runs.ofOwner('t1', 10)).toMatchObject([
    { work: 'chat', outcome: 'succeeded', times: { queue: 2_000, model: 2_900, store: 100 }, costMicroUsd: 250_000 },
  ]);
  expect(await runs.ofOwner('t2', 10)).toMatchObject([{ outcome: 'timed_out', times: null, attempts: 0 }]);
});

test('L12: an experiment leaves a row with what its phases took', async () => {
  const { experiments, runs } = await temporaryStore();
  const video = {
    kind: 'generated',
    pattern: 'text',
    width: 160,
    height: 90,
    frames: 24,
    framesPerSecond: 24,
    seed: 1,
  };
  const spec = ExperimentSpecSchema.parse({ video, code: 'def encode(): pass', name: 'first' });
  await experiments.accept({ id: 'e1', spec, specHash: 'a', limits: experimentLimits({}), now: at(0) });
  await experiments.begin('e1', { phase: 'dispatch', round: 0 }, at(1));
  const times = { sandboxSeconds: 3, modelSeconds: 0 };
  const failure = { phase: 'encode', type: 'memory_limit', message: 'too much', line: null } as const;
  await experiments.end({ experimentId: 'e1', tenant: 'default', failure, times }, at(5));
  await experiments.end({ experimentId: 'e1', tenant: 'default', failure, times }, at(9));
  expect(await runs.ofOwner('e1', 10)).toMatchObject([
    {
      kind: 'experiment',
      outcome: 'failed',
      reason: 'experiment_memory_limit',
      times: { queue: 1_000, sandbox: 3_000, other: 1_000 },
    },
  ]);
});

test('L12: an item of a batch leaves a row for each time it ends, and none when it was never called', async () => {
  const store = await temporaryStore();
  await runningBatch(store, 'b', 2);
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  const now = Date.now();
  const end = { status: 'succeeded', reason: null, output: 1, usage, uncertain: false, model: 'gpt-5.5' } as const;
  await store.batchPartitions.take(key, 2, 2);
  await store.batchPartitions.admit(key, {
    position: 0,
    worstNano: 1e7,
    limiter: { key: 'k', tokens: 1 },
    now: now + 1_000,
  });
  await store.batchPartitions.end(key, { ...end, position: 0, now: now + 4_000 });
  await store.batchPartitions.end(key, { ...end, position: 1, now: now + 4_000 });
  expect(await store.runs.ofOwner(key.batchId, 10)).toMatchObject([
    { kind: 'item', partId: '0', model: 'gpt-5.5', outcome: 'succeeded', times: { model: 3_000 }, inputTokens: 5 },
  ]);
});

test('L12: an item that waits for another attempt when its batch is stopped leaves a row', async () => {
  const store = await temporaryStore();
  await runningBatch(store, 'b', 2);
  const { key } = await store.batchPartitions.begin({ batchId: 'b', partition: 0, partitions: 1 });
  const now = Date.now();
  await store.batchPartitions.take(key, 2, 2);
  await store.batchPartitions.admit(key, { position: 0, worstNano: 1e7, limiter: { key: 'k', tokens: 1 }, now });
  const away = { type: 'provider_unavailable', message: 'away' } as const;
  const retry = { position: 0, reason: away, nextAttemptAt: now, counted: true, usage: null, uncertain: false };
  await store.batchPartitions.retry(key, retry);
  const reason = { type: 'time_limit', message: 'the batch reached its limit' } as const;
  expect(await store.batchPartitions.endUnsubmitted(key, { status: 'timed_out', reason, now: now + 5_000 })).toBe(2);
  expect(await store.runs.ofOwner('b', 10)).toMatchObject([
    { partId: '0', outcome: 'timed_out', reason: 'time_limit', attempts: 1, model: null },
  ]);
});
