import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, it, vi } from 'vitest';
import { WorkerSettingsSchema } from '../../workers/config.ts';
import type { WorkerDependencies } from '../../workers/dependencies.ts';
import { createWorkers } from '../../workers/workers.ts';
import { readSettings } from '../../workflows/contract/settings.ts';

it.each(['llm', 'browser'] as const)('the worker of %s sends heartbeats well within a limit of 5 s', async (kind) => {
  const create = vi.spyOn(Worker, 'create').mockRejectedValue(new Error('not here'));
  const connection: NativeConnection = Object.create(NativeConnection.prototype);
  const dependencies: WorkerDependencies = Object.create(null);
  const settings = readSettings(WorkerSettingsSchema, {});
  const made = createWorkers({ connection, namespace: 'default', queues: [kind], settings, dependencies });
  await expect(made).rejects.toThrow('not here');
  expect(create.mock.lastCall?.[0]).toMatchObject({ maxHeartbeatThrottleInterval: '1s' });
  create.mockRestore();
});
