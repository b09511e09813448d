/** Where the state of parts is reported: the log, the store and Prometheus. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { freePorts } from '../../../../demo/run/free-ports.ts';
import type { Part, Parts } from '../../../../store/platform/parts.ts';
import { reportParts } from '../../../../workers/local/supervision/reporting.ts';
import { metricsAskedBy, metricsIn } from '../../../support/alert-rules.ts';
import { temporaryStore } from '../../../support/temporary-store.ts';

const lastDeath = { at: '2026-11-30T08:00:00.000Z', reason: 'was killed by SIGKILL' };
const waiting: Part = { name: 'api', state: 'waiting', restarts: 0, lastDeath };
const upAgain: Part = { name: 'api', state: 'running', restarts: 1, lastDeath };

it('a part that died and is up again is reported in the log, the store and the metrics', async () => {
  const { parts } = (await temporaryStore()).acrossTenants;
  await parts.write({ ...waiting, name: 'of an earlier installation' }, new Date());
  const [port = 0] = await freePorts(1);
  const said: string[] = [];
  const reporting = await reportParts({ parts, metrics: { host: '127.0.0.1', port }, say: (line) => said.push(line) });
  const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

  reporting.onChange(waiting, 'api was killed by SIGKILL');
  expect(await metrics()).toContain('lodestone_part_up{part="api"} 0');
  expect(await metrics()).toContain('lodestone_part_restarts_total{part="api"} 0');
  reporting.onChange(upAgain, 'api is up again');
  expect(await metrics()).toContain('lodestone_part_up{part="api"} 1');
  expect(await metrics()).toContain('lodestone_part_restarts_total{part="api"} 1');
  expect(metricsIn(await metrics())).toEqual(expect.arrayContaining([...(await metricsAskedBy('lodestone-parts'))]));
  await expect.poll(() => parts.list(new Date())).toEqual([upAgain]);
  expect(said).toEqual(['api was killed by SIGKILL', 'api is up again']);

  await reporting.close();
  expect(await parts.list(new Date())).toEqual([]);
  await expect(metrics()).rejects.toThrow('fetch failed');
});

it('a store that cannot be written to is reported in the log, and nothing else fails', async () => {
  const fail = async (): Promise<never> => {
    throw new Error('the disk is full');
  };
  const parts: Parts = { write: fail, see: fail, list: fail, clear: fail };
  const said: string[] = [];
  const reporting = await reportParts({ parts, metrics: null, say: (line) => said.push(line) });
  reporting.onChange(waiting, null);
  await reporting.close();
  expect(said).toContain('the parts could not be written to the store: Error: the disk is full');
});

it('an address of metrics that is taken is refused with a sentence', async () => {
  const { parts } = (await temporaryStore()).acrossTenants;
  const [port = 0] = await freePorts(1);
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  await expect(reportParts({ parts, metrics: { host: '127.0.0.1', port }, say: () => undefined })).rejects.toThrow(
    `The metrics of the parts cannot be told at 127.0.0.1:${port}`,
  );
});
