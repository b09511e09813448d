import { expect, it } from 'vitest';
import { smokeProblems, smokeTable, type SmokeRow } from '../../../../client/cli/tools/smoke/smoke-verdict.ts';

const row: SmokeRow = {
  tool: 'chat',
  toolSeconds: 2,
  requestSeconds: 3,
  outcome: 'completed',
  layer: null,
  message: '',
  hasAnswer: true,
  model: 'm',
};

it('T17: takes a clear cut-off within the limits for an outcome', () => {
  const cut: SmokeRow = { ...row, toolSeconds: 60, requestSeconds: 67.5, outcome: 'timed_out', layer: 'request' };
  expect(smokeProblems([row, cut])).toEqual([]);
});

it.each([
  { what: 'a tool over 60 s', odd: { toolSeconds: 60.1 }, said: 'chat took 60.1 s, over 60 s' },
  {
    what: 'a request over 67.5 s',
    odd: { requestSeconds: 67.6 },
    said: 'the request of chat took 67.6 s, over 67.5 s',
  },
  {
    what: 'an end without an outcome',
    odd: { outcome: null, message: 'lost' },
    said: 'chat ended without an outcome: lost',
  },
])('T17: names $what', ({ odd, said }) => {
  expect(smokeProblems([row, { ...row, ...odd }])).toEqual([said]);
});

it('T17: the table has a line a tool, with seconds, outcome, layer and message', () => {
  const cut: SmokeRow = {
    ...row,
    tool: 'debug',
    toolSeconds: null,
    outcome: 'timed_out',
    layer: 'queue',
    message: 'busy',
    hasAnswer: false,
    model: null,
  };
  const [, first, second] = smokeTable([row, cut]).split('\n');
  expect(first).toMatch(/^chat +2\.0 +3\.0 +completed +yes +m$/);
  expect(second).toMatch(/^debug +- +3\.0 +timed_out +queue +no +busy$/);
});
