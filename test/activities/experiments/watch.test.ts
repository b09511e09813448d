import { noopMetricMeter } from '@temporalio/common';
import { expect, it } from 'vitest';
import { createWatch, diskUseOf } from '../../../activities/experiments/watch.ts';
import { experimentLimits } from '../../../workflows/contract/experiments/limits.ts';
import { ExperimentSpecSchema } from '../../../workflows/contract/experiments/spec.ts';
import { defaultTenant } from '../../../workflows/contract/names.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const now = Date.parse('2026-01-01T12:00:00.000Z');
const minutesAgo = (minutes: number): Date => new Date(now - minutes * 60_000);
const video = { kind: 'generated', pattern: 'text', width: 16, height: 16, frames: 1, framesPerSecond: 1, seed: 1 };
const spec = ExperimentSpecSchema.parse({ video, code: 'pass' });

async function world(usedShare = 0.5) {
  const { experiments, acrossTenants } = await temporaryStore();
  const accept = (id: string, at: Date) =>
    experiments.accept({ id, spec, specHash: id, limits: experimentLimits({}), now: at });
  const end = async (id: string, at: Date, type: 'crashed' | 'cancelled') => {
    await accept(id, at);
    const failure = { phase: 'encode', type, message: 'no', line: null } as const;
    await experiments.end({ experimentId: id, tenant: defaultTenant, failure }, at);
  };
  const health = acrossTenants.experimentHealth;
  const diskUse = async () => ({ usedShare, freeBytes: 1 });
  const watch = createWatch({ health, dataFolder: '/', waitMinutes: 60, now: () => now, diskUse });
  const look = async () => (await watch(noopMetricMeter)).map(({ type, message }) => `${type}: ${message}`);
  return { accept, end, look };
}

it('C15: experiments that fail in one hour are an alert from ten on; cancelled and earlier ones do not count', async () => {
  const { end, look } = await world();
  for (let count = 0; count < 9; count += 1) await end(`failed ${count}`, minutesAgo(30), 'crashed');
  await end('cancelled', minutesAgo(30), 'cancelled');
  await end('earlier', minutesAgo(61), 'crashed');
  expect(await look()).toEqual([]);
  await end('tenth', minutesAgo(1), 'crashed');
  const message = '10 of the 10 experiments that ended in the last hour were not completed';
  expect(await look()).toEqual([`experiments_failing: ${message}`]);
});

it('C15: an experiment that waits for a worker for too long is an alert', async () => {
  const { accept, look } = await world();
  await accept('new', minutesAgo(59));
  expect(await look()).toEqual([]);
  await accept('old', minutesAgo(75));
  expect(await look()).toEqual(['experiments_waiting: 2 experiments wait for a worker, the first for 75 minutes']);
});

it('C15: a disk that is more than 80 % full is an alert', async () => {
  expect(await (await world(0.8)).look()).toEqual([]);
  expect(await (await world(0.837)).look()).toEqual(['disk_filling: the disk of the data folder is 83 % full']);
  const { usedShare, freeBytes } = await diskUseOf('/');
  expect(usedShare).toBeGreaterThan(0);
  expect(usedShare).toBeLessThan(1);
  expect(freeBytes).toBeGreaterThan(0);
});
