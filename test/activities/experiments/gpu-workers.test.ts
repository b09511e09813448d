import { expect, it } from 'vitest';
import { createGpuLook } from '../../../activities/experiments/gpu-workers.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

it('C17: a full worker with a GPU is one that is there', async () => {
  const { workerBeats } = (await temporaryStore()).stores.acrossTenants;
  const look = createGpuLook(workerBeats);
  const worker = { id: 'a', slots: 1, busy: 1, startedAt: new Date().toISOString(), told: null };
  await workerBeats.beat([{ ...worker, queue: 'sandbox' }], new Date());
  expect(await look.hasGpuWorker()).toBe(false);
  await workerBeats.beat([{ ...worker, id: 'b', queue: 'sandbox-gpu' }], new Date());
  expect(await look.hasGpuWorker()).toBe(true);
});
