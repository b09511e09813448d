/** The batch API of the model server as the openai package speaks it, and economy batches that run against it. */
import { toFile } from 'openai';
import type OpenAI from 'openai';
import { expect, it } from 'vitest';
import { createOpenAiBatches } from '../../../activities/llm/openai-batches.ts';
import type { EconomyDependencies } from '../../../activities/batches/economy/economy-ports.ts';
import { runEconomy } from '../../../activities/batches/economy/economy.ts';
import type { BatchPartitionResult } from '../../../workflows/contract/batches/batch.ts';
import { newWebhookSecret } from '../../../demo/model-server/webhook.ts';
import { batchDefinition, words } from '../../support/batches/batches.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { temporaryStore } from '../../support/temporary-store.ts';
import { model, refusalOf, start, textAnswer, type Harness } from './harness.ts';

function line(id: string, url = '/v1/responses'): string {
  return JSON.stringify({ custom_id: id, method: 'POST', url, body: { model, input: `Say ${id}` } });
}

async function createBatch(client: OpenAI, lines: readonly string[]): Promise<OpenAI.Batch> {
  const file = await client.files.create({
    file: await toFile(Buffer.from(lines.join('\n')), 'in.jsonl'),
    purpose: 'batch',
  });
  return client.batches.create({ input_file_id: file.id, endpoint: '/v1/responses', completion_window: '24h' });
}

async function endOf(client: OpenAI, { id }: OpenAI.Batch): Promise<OpenAI.Batch> {
  const ends = ['completed', 'failed', 'expired', 'cancelled'];
  await expect
    .poll(async () => ends.includes((await client.batches.retrieve(id)).status), { timeout: 20_000 })
    .toBe(true);
  return client.batches.retrieve(id);
}

async function read(client: OpenAI, fileId: string | undefined): Promise<readonly unknown[]> {
  const text = await (await client.files.content(fileId ?? '')).text();
  return text
    .trim()
    .split('\n')
    .map((each): unknown => JSON.parse(each));
}

it('P28: an endpoint gets a signed event of each batch that has ended, and how', async () => {
  const { origin: url, received } = await countingServer((response) => response.writeHead(204).end());
  const secret = newWebhookSecret();
  const { client, server } = await start([textAnswer('one')], { webhook: { url, secret } });
  const reported = () =>
    Promise.all(received.map(({ body, headers }) => client.webhooks.unwrap(body, headers, secret)));
  const completed = await createBatch(client, [line('1')]);
  await expect.poll(reported).toMatchObject([{ type: 'batch.completed', data: { id: completed.id } }]);
  server.injectFault({ kind: 'batch_failed' });
  const failed = await createBatch(client, [line('2')]);
  await expect.poll(reported).toMatchObject([{}, { type: 'batch.failed', data: { id: failed.id } }]);
});

it('P28: a batch is answered line by line, refusals in a file of their own, and each answer is in the journal', async () => {
  const { client, server } = await start([textAnswer('one'), textAnswer('two')]);
  server.injectFault({ kind: 'rate_limit', match: { path: '/v1/responses', nth: 3 } });
  const ended = await endOf(
    client,
    await createBatch(
      client,
      ['1', '2', '3'].map((id) => line(id)),
    ),
  );
  expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 2, failed: 1 } });
  expect(await read(client, ended.output_file_id)).toMatchObject([
    { custom_id: '1', response: { status_code: 200, body: { status: 'completed' } } },
    { custom_id: '2' },
  ]);
  expect(await read(client, ended.error_file_id)).toMatchObject([{ custom_id: '3', response: { status_code: 429 } }]);
  expect(server.journal.counters()).toMatchObject({ paidCreates: 2, repeatedCreates: 0 });
  expect(server.journal.entries.filter(({ batchId }) => batchId === ended.id).length).toBeGreaterThan(3);
});

it('P28: a batch with wrong lines fails as a whole, with their numbers', async () => {
  const { client } = await start([]);
  const ended = await endOf(client, await createBatch(client, [line('1'), 'no json', line('1'), line('4', '/v1/x')]));
  expect(ended.status).toBe('failed');
  expect(ended.errors?.data?.map((error) => `${error.line} ${error.code}`)).toEqual([
    '2 invalid_json_line',
    '3 duplicate_custom_id',
    '4 mismatched_endpoint',
  ]);
  expect(await refusalOf(client.batches.retrieve('batch_none'))).toMatchObject({ status: 404 });
});

it('P28: a batch that is cancelled keeps what was answered, and one expires on command', async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const { client, server } = await start([
    async () => {
      asked.resolve();
      await answer.promise;
      return textAnswer('one');
    },
    textAnswer('three'),
  ]);
  const batch = await createBatch(client, [line('1'), line('2')]);
  await asked.promise;
  expect((await client.batches.cancel(batch.id)).status).toBe('cancelling');
  answer.resolve();
  const cancelled = await endOf(client, batch);
  expect(cancelled.status).toBe('cancelled');
  expect(await read(client, cancelled.output_file_id)).toMatchObject([{ custom_id: '1' }]);
  server.injectFault({ kind: 'batch_expired' });
  const expired = await endOf(client, await createBatch(client, [line('3'), line('4')]));
  expect(expired.status).toBe('expired');
  expect(await read(client, expired.error_file_id)).toMatchObject([
    { custom_id: '4', response: null, error: { code: 'batch_expired' } },
  ]);
});

/** Looks until the batch is done; time passes only between looks. */
async function economy({ server }: Harness, count: number) {
  const store = await temporaryStore();
  const definition = { ...batchDefinition({ itemSeconds: 30 * 3600 }, 'economy'), maxOutputTokens: 200 };
  await store.batches.create({ id: 'b', definition, now: new Date() });
  await store.batchItems.import('b', words(count));
  await store.batches.seal('b');
  await store.batches.change('b', { state: 'running', startedAt: new Date().toISOString() });
  const clock = new FakeClock();
  clock.time = Date.now();
  const prices = { [model]: { input: 1, cachedInput: 1, output: 1 } };
  const batchApi = createOpenAiBatches({ apiKey: 'a-key', baseUrl: server.url, prices });
  const { now, sleep } = clock;
  const common = {
    batchProblemOf: () => null,
    priceOf: () => 0.01,
    now,
    sleep,
    random: () => 0,
    onItem: () => undefined,
  };
  const dependencies: EconomyDependencies = { store, batchApi, ...common };
  const { signal } = new AbortController();
  let result: BatchPartitionResult;
  do {
    result = await clock.run(
      runEconomy(dependencies, { batchId: 'b', until: count, last: true, continuations: 0 }, signal),
    );
    clock.time += 60_000;
  } while (result.outcome === 'waiting');
  return { store, result, items: await store.batchItems.page('b', { after: null, limit: 100 }) };
}

function answers(count: number) {
  return Array.from({ length: count }, () => textAnswer('said'));
}

it('P28: an economy batch runs through files and batches of the real client, at half the price', async () => {
  const harness = await start(answers(5));
  const { store, result, items } = await economy(harness, 5);
  expect(result).toEqual({ outcome: 'drained' });
  expect(items.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'succeeded'));
  const tokens = items.reduce((sum, item) => sum + item.inputTokens + item.outputTokens, 0);
  expect((await store.batches.find('b'))?.spentUsd).toBeCloseTo((tokens / 1e6) * 0.5, 9);
  expect(harness.server.journal.counters()).toMatchObject({ paidCreates: 5, repeatedCreates: 0 });
});

it('P28: an economy batch whose answers to upload, creation and output are lost pays for nothing twice', async () => {
  const harness = await start(answers(4));
  for (const path of ['/v1/files', '/v1/batches']) {
    harness.server.injectFault({ kind: 'reset', match: { method: 'POST', path } });
  }
  harness.server.injectFault({ kind: 'truncated', match: { path: '/v1/files/*/content' } });
  const { result, items } = await economy(harness, 4);
  expect(result).toEqual({ outcome: 'drained' });
  expect(items.every(({ status, attempts }) => status === 'succeeded' && attempts === 1)).toBe(true);
  const { entries } = harness.server.journal;
  const posts = (path: string): number =>
    entries.filter((entry) => entry.method === 'POST' && entry.path === path).length;
  expect([posts('/v1/files'), posts('/v1/batches')]).toEqual([1, 1]);
  expect(harness.server.journal.counters()).toMatchObject({ paidCreates: 4, repeatedCreates: 0 });
});

it('P28: an economy batch goes on after batches that expired and failed', async () => {
  const harness = await start(answers(4));
  harness.server.injectFault({ kind: 'batch_failed' });
  harness.server.injectFault({ kind: 'batch_expired' });
  const { items } = await economy(harness, 4);
  expect(items.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual([
    'succeeded 2',
    'succeeded 2',
    'succeeded 3',
    'succeeded 3',
  ]);
  expect(harness.server.journal.counters().paidCreates).toBe(4);
});
