import { expect, it } from 'vitest';
import { scriptedModel, toolRun } from '../../support/tools/tool-run.ts';

it('T21: each tool’s requests are measured once, by outcome and layer, with the seconds that they took', async () => {
  const run = await toolRun(scriptedModel(['fine', 'pending']));
  const quick = await run.accept('chat', { prompt: 'Why?' }, { begunSecondsAgo: 2 });
  await run.turn(quick);
  const slow = await run.accept('planner', { step: 1, total_steps: 1, task: 'plan', findings: 'nothing yet' });
  await run.turn(slow);
  // An attempt after the end, because the worker died before Temporal had the result.
  await run.turn(slow, 2);
  expect(run.measured).toEqual([
    ['lodestone_tool_requests', 1, expect.objectContaining({ tool: 'chat', outcome: 'completed', layer: 'none' })],
    [
      'lodestone_tool_request_duration',
      expect.closeTo(2, 0),
      expect.objectContaining({ tool: 'chat', outcome: 'completed' }),
    ],
    [
      'lodestone_tool_requests',
      1,
      expect.objectContaining({ tool: 'planner', outcome: 'timed_out', layer: 'provider' }),
    ],
    [
      'lodestone_tool_request_duration',
      expect.closeTo(30, 0),
      expect.objectContaining({ tool: 'planner', outcome: 'timed_out' }),
    ],
  ]);
});
