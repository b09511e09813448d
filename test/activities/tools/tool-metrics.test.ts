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
  const ends = run.measured.filter(([name]) => name.startsWith('lodestone_tool_request'));
  expect(ends).toEqual([
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

it('T21: each tool’s tokens and cost are measured', async () => {
  const run = await toolRun(scriptedModel(['fine']));
  const id = await run.accept('chat', { prompt: 'Why?' });
  await run.turn(id);
  const { inputTokens, outputTokens, costUsd } = await run.store.modelCalls.usageUnder(id, `${id}/`);
  expect(outputTokens).toBeGreaterThan(0);
  expect(run.measured.slice(2)).toEqual([
    ['lodestone_tool_tokens', inputTokens, expect.objectContaining({ tool: 'chat', direction: 'input' })],
    ['lodestone_tool_tokens', outputTokens, expect.objectContaining({ tool: 'chat', direction: 'output' })],
    ['lodestone_tool_cost_microusd', Math.round(costUsd * 1e6), expect.objectContaining({ tool: 'chat' })],
  ]);
});
