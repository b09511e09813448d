/** Requests of tools whose workflow could not be started: the retry starts them, and without one they end at their limit. */
import { describe, expect, it } from 'vitest';
import { endUnstarted } from '../../../../client/api/tools/overdue.ts';
import { ToolRequestViewSchema } from '../../../../workflows/contract/tools/tool-view.ts';
import { testApi, type Api } from '../harness.ts';

const prompt = { prompt: 'Why is the sky blue?' };
const key = { 'idempotency-key': 'one' };

/** A request that was accepted while Temporal was away. */
async function unstarted(api: Api): Promise<string> {
  api.tools.reachable = false;
  expect((await api.post('/v1/tools/chat', prompt, key)).status).toBe(503);
  const { requests } = await api.store.toolLists.page({ before: undefined, limit: 1 });
  return requests[0]?.id ?? '';
}

function answering(api: Api): void {
  api.tools.reachable = true;
  api.tools.onStart = async ({ requestId }) => {
    await api.store.toolRequests.begin(requestId, 'turn', new Date());
    await api.store.toolRequests.answered(requestId, 'it scatters');
    await api.store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
  };
}

const answerOf = async (response: Response) => ToolRequestViewSchema.parse(await response.json());

describe('a request whose start failed', () => {
  it.each([
    ['late', 3_600_000, false],
    ['late, after it was ended at its limit', 3_600_000, true],
    ['at once', 0, false],
  ])('is started by a retry with its key, with all of its time: %s', async (_, milliseconds, isSwept) => {
    const api = await testApi();
    const id = await unstarted(api);
    api.pass(milliseconds);
    if (isSwept) await endUnstarted(api.store.stores, new Date(Date.now() + milliseconds));
    answering(api);
    const view = await answerOf(await api.post('/v1/tools/chat', prompt, key));
    expect(view).toMatchObject({ id, outcome: 'completed', cut: null, result: { answer: 'it scatters' } });
    expect(api.tools.started).toHaveLength(1);
  });

  it('ends at its limit without one, and says why', async () => {
    const api = await testApi();
    const id = await unstarted(api);
    await endUnstarted(api.store.stores, new Date());
    expect(await api.store.toolRequests.find(id)).toMatchObject({ state: 'queued' });
    await endUnstarted(api.store.stores, new Date(Date.now() + 68_000));
    expect(await api.store.toolRequests.find(id)).toMatchObject({
      outcome: 'timed_out',
      cut: { layer: 'queue', message: expect.stringContaining('no worker took the request') },
    });
  });
});

describe('a request that waits for a worker', () => {
  it('keeps its time when its caller asks again', async () => {
    const api = await testApi();
    api.tools.onStart = async () => api.pass(67_100);
    const first = await answerOf(await api.post('/v1/tools/chat', prompt, key));
    const again = await answerOf(await api.post('/v1/tools/chat', prompt, key));
    expect(again).toMatchObject({ id: first.id, outcome: 'timed_out', acceptedAt: first.acceptedAt });
    expect(api.tools.started).toHaveLength(1);
  });
});
