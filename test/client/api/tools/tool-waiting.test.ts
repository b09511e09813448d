import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { waitForEnd } from '../../../../client/api/tools/tool-waiting.ts';
import type { ToolWatch } from '../../../../client/api/tools/tool-watch.ts';
import { testApi } from '../harness.ts';

afterEach(() => void vi.useRealTimers());

it('T20: a listener gets progress at least every eight seconds, also when nothing changes', async () => {
  const { store, dependencies, post, tools } = await testApi({ toolChoices: { toolSeconds: 600 } });
  void post('/v1/tools/chat', { prompt: 'Why?' });
  await vi.waitFor(() => expect(tools.started).toHaveLength(1));
  const [{ requestId } = { requestId: '' }] = tools.started;
  const ended = Promise.withResolvers<void>();
  const silent: ToolWatch = { follow: () => ended.promise };
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const reports: string[] = [];
  const { signal } = new AbortController();
  const waiting = waitForEnd(dependencies, silent, requestId, signal, async ({ phase }) => void reports.push(phase));
  for (let before = 0; before < 5; before = reports.length) {
    // The first comes at once. `vi.waitFor` would advance the time.
    if (before > 0) vi.advanceTimersByTime(8_000);
    while (reports.length === before) await turn();
  }
  expect(new Set(reports)).toEqual(new Set(['queued']));
  ended.resolve();
  await waiting;
  await store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
});
