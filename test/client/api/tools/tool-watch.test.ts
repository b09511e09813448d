import * as timers from 'node:timers/promises';
import pino from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { createToolWatch } from '../../../../client/api/tools/tool-watch.ts';
import { temporaryStore } from '../../../support/temporary-store.ts';

vi.mock('node:timers/promises', async (original) => {
  const actual = await original<typeof timers>();
  return { ...actual, setTimeout: vi.fn<typeof timers.setTimeout>(actual.setTimeout) };
});

afterEach(() => void vi.restoreAllMocks());

it('T14: the pause between two looks grows with what a look costs, up to a second', async () => {
  let now = 0;
  const costs = [50, 2000, 1];
  const pauses: unknown[] = [];
  const store = await temporaryStore();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  vi.spyOn(store.toolRequests, 'pulses').mockImplementation(async () => {
    now += costs.shift() ?? 0;
    return costs.length === 0 ? [] : [{ id: 'tool_1', state: 'running', phase: 'turn', tokens: 0, startedAt: null }];
  });
  vi.mocked(timers.setTimeout).mockImplementation(async (pause) => void pauses.push(pause));
  const watch = createToolWatch({ store, log: pino({ level: 'silent' }) });
  await watch.follow('tool_1', new AbortController().signal, () => undefined);
  await vi.waitFor(() => expect(pauses).toEqual([450, 1000, 40]));
});
