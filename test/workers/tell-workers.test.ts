import pino from 'pino';
import { expect, it, vi } from 'vitest';
import { tellWorkers } from '../../workers/tell-workers.ts';
import { temporaryStore } from '../support/temporary-store.ts';

it('C14: workers tell at once how busy they are and what they are set to, and that they have stopped', async () => {
  const { workerBeats } = (await temporaryStore()).acrossTenants;
  const worker = { getStatus: () => ({ numInFlightActivities: 1 }) };
  const settings = { exportsMetrics: true, alertReceivers: 1 };
  const stop = tellWorkers({ beats: workerBeats, settings, log: pino({ enabled: false }) }, [
    { queue: 'sandbox', slots: 2, worker },
  ]);
  await vi.waitFor(async () => {
    expect(await workerBeats.list(new Date())).toMatchObject([{ queue: 'sandbox', slots: 2, busy: 1, told: settings }]);
  });
  await stop();
  expect(await workerBeats.list(new Date())).toEqual([]);
});
