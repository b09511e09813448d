import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostileInputs } from '../../bench/event-loop/inputs.ts';
import { startProbedApi, type ProbedApi } from '../../bench/event-loop/probed-api.ts';
import { createStoreDatabase, type StoreDatabase } from '../support/temporary-store.ts';

/** No input is bounded by these: they distinguish a blocked API from one on a slow machine. */
const healthMilliseconds = 10_000;
const answerMilliseconds = 120_000;

let folder: string;
let database: StoreDatabase;
let api: ProbedApi;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-event-loop-'));
  database = await createStoreDatabase();
  api = await startProbedApi(folder, database.url);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Asks for its health again and again until the work is done; rejects when it does not answer. */
async function healthyDuring<Result>(work: Promise<Result>): Promise<Result> {
  const end = new AbortController();
  const health = (async () => {
    while (!end.signal.aborted) await api.health(healthMilliseconds);
  })();
  try {
    return (await Promise.all([work, Promise.race([health, work])]))[0];
  } finally {
    end.abort();
    await health;
  }
}

describe('A15: an API process keeps answering, and refuses or takes with the right words,', () => {
  it.each(hostileInputs)(
    '$name',
    async (input) => {
      const { status, text } = await healthyDuring(api.send(input));
      expect([status, text.slice(0, 2000)]).toEqual([input.status, expect.any(String)]);
      expect(text).toContain(input.says);
    },
    answerMilliseconds,
  );

  it('all of them at once', async () => {
    const answers = await healthyDuring(Promise.all(hostileInputs.map((input) => api.send(input))));
    expect(answers.map(({ status }) => status)).toEqual(hostileInputs.map(({ status }) => status));
  }, 300_000);
});
