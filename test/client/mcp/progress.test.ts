import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createProgressReporter, type Notify } from '../../../client/mcp/progress.ts';
import type { ToolProgress } from '../../../workflows/contract/tools/tool-view.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

type Sent = Parameters<Notify>[0]['params'];

function reporter() {
  const sent: Sent[] = [];
  const notify: Notify = async ({ params }) => {
    sent.push(params);
  };
  return { sent, ...createProgressReporter('token', notify) };
}

const turn: ToolProgress = {
  id: 'tool_1',
  state: 'running',
  phase: 'turn',
  place: null,
  secondsUsed: 1,
  secondsLeft: 66.5,
  tokens: 0,
};

it('T20: sends progress at least every eight seconds, also when there is no news of the request', () => {
  const { sent, tell, end } = reporter();
  vi.advanceTimersByTime(16_000);
  expect(sent.length).toBeGreaterThanOrEqual(2);
  tell(turn);
  vi.advanceTimersByTime(16_000);
  expect(sent.length).toBeGreaterThanOrEqual(5);
  expect(sent.at(-1)?.message).toMatch(/^turn: 3\d s used, 3\d s left$/);
  end();
  const before = sent.length;
  vi.advanceTimersByTime(60_000);
  expect(sent).toHaveLength(before);
});

it('sends values that only rise, at once for a new phase, and few for tokens', () => {
  const { sent, tell, end } = reporter();
  tell(turn);
  for (let tokens = 1; tokens <= 100; tokens += 1) tell({ ...turn, tokens });
  tell({ ...turn, phase: 'expert', secondsUsed: 0.5, tokens: 100 });
  expect(sent.map(({ message }) => message)).toEqual([
    'turn: 1 s used, 67 s left',
    'expert: 1 s used, 67 s left; 100 tokens',
  ]);
  const values = sent.map(({ progress }) => progress);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(new Set(values).size).toBe(values.length);
  end();
});

it('sends nothing to a client that gave no token', () => {
  const notify = vi.fn<Notify>();
  const { tell, end } = createProgressReporter(undefined, notify);
  tell(turn);
  vi.advanceTimersByTime(20_000);
  end();
  expect(notify).not.toHaveBeenCalled();
});
