/** Simultaneous requests with the same findings: one of them asks the expert. */
import { describe, expect, it } from 'vitest';
import { failure } from '../../../activities/failure.ts';
import type { ModelResponse } from '../../../activities/ports.ts';
import { textResponse } from '../../support/llm/responses.ts';
import type { ToolLimitChoices } from '../../../workflows/contract/tools/limits.ts';
import { scriptedModel, toolRun, type ToolRun } from '../../support/tools/tool-run.ts';

const step = { step: 1, total_steps: 1, task: 'find the leak', findings: 'memory grows' };

async function withTurnMade(run: ToolRun, choices: ToolLimitChoices = {}): Promise<string> {
  const id = await run.accept('debug', step, { choices });
  await run.turn(id);
  return id;
}

const expertOf = async (run: ToolRun, id: string) =>
  (await run.store.toolViews.find(id, new Date(run.clock.now())))?.result;

describe('two requests with the same work at the same time', () => {
  it('make one expert call: the second waits for the answer of the first', async () => {
    const slow = async (): Promise<ModelResponse> => {
      await run.clock.sleep(10_000, new AbortController().signal);
      return textResponse('response_3', 'bound the cache');
    };
    const run = await toolRun(scriptedModel(['look', 'look', slow]));
    const [one, two] = [await withTurnMade(run), await withTurnMade(run)];
    const ends = await Promise.all([run.expert(one), run.expert(two)]);
    expect(ends).toEqual([{ outcome: 'completed' }, { outcome: 'completed' }]);
    expect(run.model.asked).toHaveLength(3);
    const experts = await Promise.all([one, two].map((id) => expertOf(run, id)));
    expect(experts.map((result) => result?.['expert'])).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ answer: 'bound the cache', reused: false }),
        expect.objectContaining({ answer: 'bound the cache', reused: true }),
      ]),
    );
  });

  it('make another when the first got no answer: the second asks in an attempt of its own', async () => {
    const refused = async (): Promise<never> => {
      await run.clock.sleep(5_000, new AbortController().signal);
      throw failure('provider_request', 'no such model');
    };
    const run = await toolRun(scriptedModel(['look', 'look', refused, 'bound the cache']));
    const [one, two] = [await withTurnMade(run), await withTurnMade(run)];
    const ends = await Promise.allSettled([run.expert(one), run.expert(two)]);
    expect(ends).toEqual(
      expect.arrayContaining([
        { status: 'fulfilled', value: { outcome: 'partial' } },
        { status: 'rejected', reason: expect.objectContaining({ type: 'provider_unavailable', nextRetryDelay: 1 }) },
      ]),
    );
    const waiting = ends[0].status === 'rejected' ? one : two;
    await expect(run.expert(waiting, 2)).resolves.toEqual({ outcome: 'completed' });
    expect(run.model.asked).toHaveLength(4);
  });
});

describe('a request whose expert call is limited by its provider', () => {
  const limited = (seconds: number) => async (): Promise<never> => {
    throw failure('provider_rate_limit', 'too many requests', { retryAfterMilliseconds: seconds * 1000 });
  };

  it('keeps its work while it waits for the provider’s own delay: nobody asks beside it', async () => {
    const run = await toolRun(scriptedModel(['look', 'look', limited(60), 'bound the cache']));
    const long = { toolSeconds: 300 };
    const [one, two] = [await withTurnMade(run, long), await withTurnMade(run, long)];
    await expect(run.expert(one)).rejects.toMatchObject({ nextRetryDelay: 60_000 });
    const again = async () => {
      await run.clock.sleep(60_000, new AbortController().signal);
      return run.expert(one, 2);
    };
    await expect(Promise.all([again(), run.expert(two)])).resolves.toEqual([
      { outcome: 'completed' },
      { outcome: 'completed' },
    ]);
    expect(run.model.asked).toHaveLength(4);
  });

  it('waits for the other when that has taken the work meanwhile', async () => {
    const slow = async (): Promise<ModelResponse> => {
      await run.clock.sleep(10_000, new AbortController().signal);
      return textResponse('response_4', 'bound the cache');
    };
    const run = await toolRun(scriptedModel(['look', 'look', limited(1), slow]));
    const [one, two] = [await withTurnMade(run), await withTurnMade(run)];
    await expect(run.expert(one)).rejects.toMatchObject({ nextRetryDelay: 1_000 });
    await expect(run.expert(two)).rejects.toMatchObject({ nextRetryDelay: 1 });
    await expect(Promise.all([run.expert(two, 2), run.expert(one, 2)])).resolves.toEqual([
      { outcome: 'completed' },
      { outcome: 'completed' },
    ]);
    expect(run.model.asked).toHaveLength(4);
  });
});

describe('a request that waits for the expert of another', () => {
  it('asks itself when the other gives no sign of life', async () => {
    const run = await toolRun(scriptedModel(['look', 'look', 'bound the cache']));
    const [one, two] = [await withTurnMade(run), await withTurnMade(run)];
    const hash = await claimedBy(run, one);
    await expect(run.expert(two)).rejects.toMatchObject({ nextRetryDelay: 1 });
    await expect(run.expert(two, 2)).resolves.toEqual({ outcome: 'completed' });
    expect(await run.store.workClaims.claim(hash, two)).toBeNull();
  });

  it('ends within its own limit, with its findings', async () => {
    const run = await toolRun(scriptedModel(['look', 'look']));
    const [one, two] = [await withTurnMade(run), await withTurnMade(run)];
    const over = beating(run, await claimedBy(run, one), one);
    await expect(run.expert(two)).rejects.toMatchObject({ nextRetryDelay: 1 });
    await expect(run.expert(two, 2)).resolves.toEqual({ outcome: 'partial' });
    over.abort();
    expect((await run.store.toolRequests.find(two))?.cut).toMatchObject({ layer: 'expert', type: 'time_limit' });
  });

  it('T04: keeps its own attempts while it waits, and ends each wait before Temporal does', async () => {
    const down = async (): Promise<never> => {
      throw failure('provider_unavailable', 'the model provider answered 503');
    };
    const run = await toolRun(scriptedModel(['look', 'look', down, 'bound the cache']));
    const [one, two] = [await withTurnMade(run), await withTurnMade(run, { providerSeconds: 10 })];
    const over = beating(run, await claimedBy(run, one), one);
    for (const attempt of [1, 2]) {
      await expect(run.expert(two, attempt)).rejects.toThrow(
        'asks the expert for the same work, and has no answer yet',
      );
    }
    over.abort();
    await run.store.toolRequests.end(one, { outcome: 'failed', cut: null }, new Date(run.clock.now()));
    await expect(run.expert(two, 3)).rejects.toMatchObject({ type: 'provider_unavailable', nextRetryDelay: 500 });
    await expect(run.expert(two, 4)).resolves.toEqual({ outcome: 'completed' });
  });
});

/** Has a request beat as one that asks the expert, until the controller is aborted. */
function beating(run: ToolRun, hash: string, id: string): AbortController {
  const over = new AbortController();
  const beat = async (): Promise<void> => {
    for (;;) {
      await run.clock.sleep(3_000, over.signal);
      await run.store.workClaims.beat(hash, id);
    }
  };
  void beat().catch(() => undefined);
  return over;
}

/** Has a request claim the work that `debug` makes of `step`, as a worker that has died since. */
async function claimedBy(run: ToolRun, id: string): Promise<string> {
  const claim = run.store.workClaims.claim.bind(run.store.workClaims);
  const hashes: string[] = [];
  const died = new Error('the worker died');
  Object.assign(run.store.workClaims, {
    claim: async (hash: string, requestId: string) => {
      hashes.push(hash);
      await claim(hash, requestId);
      throw died;
    },
  });
  await expect(run.expert(id)).rejects.toThrow(died);
  Object.assign(run.store.workClaims, { claim });
  return hashes[0] ?? '';
}
