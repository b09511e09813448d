import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { serveMetrics } from '../../../../client/api/metrics/serve-metrics.ts';
import { testApi } from '../harness.ts';

const codec = { video: { kind: 'generated' }, code: 'def encode(frames, info): ...' };
const shown = { queue: 'sandbox', slots: 2, busy: 1, startedAt: '2026-11-30T12:00:00.000Z' } as const;
const worker = { ...shown, id: 'a.sandbox', told: null };

test('C14: health tells how busy each worker is and when it last told so, and how many experiments there are', async () => {
  const { ask, post, store } = await testApi();
  await post('/v1/experiments', codec);
  const now = new Date();
  await store.acrossTenants.workerBeats.beat([worker, { ...worker, id: 'b.sandbox', busy: 0 }], now);
  await store.acrossTenants.workerBeats.beat([{ ...worker, id: 'dead' }], new Date(now.getTime() - 120_000));
  expect(await (await ask('/healthz')).json()).toMatchObject({
    experiments: { created: 1 },
    workers: [
      { ...shown, seenAt: now.toISOString() },
      { ...shown, busy: 0 },
    ],
  });
  await store.acrossTenants.workerBeats.remove(['a.sandbox', 'b.sandbox']);
  expect(await (await ask('/healthz')).json()).toMatchObject({ workers: [] });
});

test('C14: the metrics of the API count its requests by route, the experiments by state, and the slots of workers', async () => {
  const { ask, post, store, dependencies } = await testApi();
  await post('/v1/experiments', codec);
  await ask('/v1/experiments/experiment_none');
  await ask('/v1/experiments/experiment_other');
  await ask('/no/such/page');
  await store.acrossTenants.workerBeats.beat([worker], new Date());
  const call = {
    report: { kind: 'rate_limited', retryAfterMilliseconds: 60_000 },
    reported: null,
    probe: false,
  } as const;
  await store.rateLimiters.report('openai/model', call, Date.now());
  await store.rateLimiters.report('openai/other', { ...call, report: { kind: 'answered' } }, Date.now());
  const server = await serveMetrics(dependencies.metrics.registry, '127.0.0.1:0');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  const answer = await fetch(`http://127.0.0.1:${address.port}/metrics`);
  const metrics = await answer.text();
  const counts = metrics.split('\n').filter((line) => line.includes('duration_seconds_count'));
  expect(counts).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/route="\/v1\/experiments\/:id",method="GET",status="404"\} 2$/),
      expect.stringMatching(/route="\/v1\/experiments",method="POST",status="202"\} 1$/),
    ]),
  );
  // What strangers ask for makes no metric of its own.
  expect(metrics).not.toContain('such');
  expect(metrics).toContain('lodestone_experiments{state="created"} 1');
  expect(metrics).toContain('lodestone_worker_slots{queue="sandbox",state="free"} 1');
  expect(metrics).toContain('lodestone_worker_slots{queue="sandbox",state="busy"} 1');
  expect(metrics.split('\n').filter((line) => line.startsWith('lodestone_model_blocked'))).toEqual([
    'lodestone_model_blocked{model="openai/model",by="rate_limit"} 1',
  ]);
  expect(metrics).toContain('nodejs_eventloop_lag_p99_seconds');
  expect((await fetch(`http://127.0.0.1:${address.port}/`)).status).toBe(404);
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});
