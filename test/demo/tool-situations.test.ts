import { expect, it } from 'vitest';
import type { SmokeRow } from '../../client/cli/tools/smoke/smoke-verdict.ts';
import { situationProblems, toolSituations } from '../../demo/run/tool-situations.ts';

const row: SmokeRow = {
  tool: 'chat',
  toolSeconds: 2,
  requestSeconds: 3,
  outcome: 'completed',
  layer: null,
  message: '',
};
const cut: SmokeRow = { ...row, toolSeconds: 45, outcome: 'timed_out', layer: 'tool', message: 'cut off' };

it('T01: with a healthy provider every tool completes below 45 s; under a fault a clear cut-off passes', () => {
  const [healthy, ...faults] = toolSituations;
  expect(healthy?.name).toBe('healthy');
  expect(toolSituations.map((situation) => situationProblems(situation, [row]))).toEqual([[], [], [], [], []]);
  expect(faults.map((situation) => situationProblems(situation, [row, cut]))).toEqual([[], [], [], []]);
  expect(toolSituations.slice(0, 1).map((situation) => situationProblems(situation, [row, cut]))).toEqual([
    ['chat ended as timed_out: cut off', 'chat took 45 s, not below 45 s'],
  ]);
});

it('T02: in no situation passes a request over 67.5 s, or one that ended without an outcome', () => {
  const late = { ...row, requestSeconds: 67.6 };
  const lost = { ...row, outcome: null, message: 'lost' };
  for (const situation of toolSituations) {
    expect(situationProblems(situation, [late, lost])).toEqual([
      'the request of chat took 67.6 s, over 67.5 s',
      'chat ended without an outcome: lost',
    ]);
  }
});
