import { expect, it } from 'vitest';
import type { SmokeRow } from '../../client/cli/tools/smoke/smoke-verdict.ts';
import { situationProblems, toolSituations, type ToolSituation } from '../../demo/run/tool-situations.ts';

const row: SmokeRow = {
  tool: 'chat',
  toolSeconds: 2,
  requestSeconds: 3,
  outcome: 'completed',
  layer: null,
  message: '',
  hasAnswer: true,
  model: null,
};
const cut: SmokeRow = { ...row, toolSeconds: 45, outcome: 'timed_out', layer: 'tool', message: 'cut off' };
const expertCut: SmokeRow = { ...row, tool: 'debug', outcome: 'partial', layer: 'expert' };

function situation(name: ToolSituation['name']): ToolSituation {
  const found = toolSituations.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no situation ${name}`);
  return found;
}

function problemsIn(name: ToolSituation['name'], rows: readonly SmokeRow[]): readonly string[] {
  const one = situation(name);
  return situationProblems(one, rows, { [one.path]: 3 });
}

it('T01: with a healthy provider every tool completes below 45 s; under a fault a clear cut-off passes', () => {
  const healthy = toolSituations.filter(({ name }) => name.startsWith('healthy'));
  expect(healthy).toHaveLength(3);
  for (const { name } of healthy) {
    expect(problemsIn(name, [row])).toEqual([]);
    expect(problemsIn(name, [cut])).toEqual(['chat ended as timed_out: cut off', 'chat took 45 s, not below 45 s']);
  }
  for (const name of ['hang', 'rate limits', 'truncated stream', 'dead provider'] as const) {
    expect(problemsIn(name, [row, cut])).toEqual([]);
  }
});

it('T03: the healthy runs by chat completions pass only when every call went there, to the model that was named', () => {
  const chat = situation('healthy, chat completions streamed');
  const other = { ...row, model: 'gpt-5.4' };
  expect(situationProblems(chat, [{ ...row, model: 'glm-5.2' }], { '/v1/chat/completions': 9 })).toEqual([]);
  expect(situationProblems(chat, [other], { '/v1/responses': 9 })).toEqual([
    'chat was answered by gpt-5.4, not glm-5.2',
    'no call went to /v1/chat/completions',
    'calls went to /v1/responses, not to /v1/chat/completions',
  ]);
});

it('T06: where the expert hangs, its layer must be cut off and the findings kept, and other tools complete', () => {
  expect(problemsIn('expert hangs', [row, expertCut])).toEqual([]);
  expect(
    problemsIn('expert hangs', [cut, { ...expertCut, layer: 'provider' }, { ...expertCut, hasAnswer: false }]),
  ).toEqual([
    'chat ended as timed_out by the layer tool, not as completed by none',
    'debug ended as partial by the layer provider, not as partial by expert',
    'debug lost its findings',
  ]);
});

it('T02: in no situation passes a request over 67.5 s, or one that ended without an outcome', () => {
  const late = { ...row, requestSeconds: 67.6 };
  const lost = { ...row, outcome: null, message: 'lost' };
  for (const { name } of toolSituations) {
    expect(problemsIn(name, [late, lost])).toEqual([
      'the request of chat took 67.6 s, over 67.5 s',
      'chat ended without an outcome: lost',
    ]);
  }
});
