/** Who controls a browser: one person at a time, and nobody after the step has ended. */
import { expect, test } from 'vitest';
import { job, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { visiting } from '../../support/computer-use/computer-run.ts';

test('a control ends with its step, and what was to be typed is forgotten', async () => {
  const { store } = await storeWithJob(visiting);
  const place = { jobId: job.id, stepId: 'visit' };
  const now = new Date();
  const change = { ...place, generation: 1, sequence: 1, attempt: 1, at: now.toISOString() };
  await store.jobs.changeStep({ ...change, state: 'running' });
  await store.controls.ask(place, 'ada', now);
  await store.controls.hold(place, now);
  expect(await store.controls.act(place, { type: 'type', text: 'my password' }, now)).toBe(true);
  await store.jobs.changeStep({ ...change, state: 'failed' });
  expect(await store.controls.find(place)).toMatchObject({
    state: 'returned',
    note: 'the run is over',
    actions: [{ outcome: 'problem' }],
  });
  expect(await store.controls.begin(place)).toBeNull();
  expect(await store.controls.act(place, { type: 'type', text: 'x' }, now)).toBe(false);
});
