import { expect, it } from 'vitest';
import { firstCheckpoint } from '../../../activities/computer-use/loop/checkpoint.ts';
import type { Model } from '../../../activities/ports.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { computerStep } from '../../support/computer-use/computer-step.ts';
import { recordingMeter } from '../../support/recording-meter.ts';
import { callResponse, click } from '../../support/llm/responses.ts';

it('A10, A11: a run measures its warnings, how it came to its browser, and its time by its end', async () => {
  const step = {
    id: 'visit',
    kind: 'computer_use',
    startUrl: 'https://site.example',
    goal: 'g',
    budget: { iterations: 5 },
  };
  const { store, definition } = await storeWithJob({ network: { navigate: ['https://site.example'] }, steps: [step] });
  const pending = { callId: 'c3', actions: [click(3)], done: 1, begun: false, problem: null };
  const call = { ...pending, safetyChecks: [], acknowledged: [], approved: null, refused: false };
  const before = { ...firstCheckpoint, iteration: 3, responseId: 'r3', call, activeMilliseconds: 60_000 };
  const key = `${job.id}/visit/1`;
  await store.ledger.writeCheckpoint({ key, jobId: job.id, attempt: 1, data: before });
  let created = 3;
  const model: Model = {
    create: async () => callResponse(`r${(created += 1)}`, [click(created)]),
    retrieve: () => Promise.reject(new Error('nothing is under way')),
    cancel: async () => undefined,
  };
  const run = computerStep(store, model);
  const attempt = async (number: number) => {
    const { meter, measured } = recordingMeter();
    await activityPlace({ attempt: number }, { metricMeter: meter }).run(run, stepInput(definition));
    return measured;
  };
  const measured = await attempt(2);
  expect(measured).toEqual([
    ['lodestone_computer_use_browsers', 1, expect.objectContaining({ recovery_level: 'restarted', start: 'cold' })],
    ['lodestone_budget_warnings', 1, expect.objectContaining({ limit: 'iteration_limit' })],
    ['lodestone_computer_use_duration', expect.any(Number), expect.objectContaining({ end: 'iteration_limit' })],
  ]);
  // All attempts together: this one alone took far less than a minute.
  expect(measured[2]?.[1]).toBeGreaterThanOrEqual(60);
  // An attempt that only reports a run that has ended does not measure it again, and opens no browser.
  expect(await attempt(3)).toEqual([]);
});
