/** The short form of `npm run chaos:computer`: a few faults of each sort, on real processes. */
import { expect, it } from 'vitest';
import { planFaults } from '../../chaos/computer/boundaries.ts';
import { chaosComputer } from '../../chaos/computer/suite.ts';
import { temporaryStoreDatabase } from '../support/temporary-store.ts';

it('A05 P16: hit by faults runs finish, and repeat no effect and no paid call', { timeout: 400_000 }, async () => {
  const said: string[] = [];
  const { report } = await chaosComputer({
    steps: 5,
    killsPerRun: 3,
    databaseUrl: await temporaryStoreDatabase(),
    plan: [
      { kind: 'after a file is handed over, before that is written', nth: 1, share: 0.5 },
      { kind: 'in the middle of a batch', nth: 1, share: 0.5 },
      { kind: 'after the action, before it is written as done', nth: 3, share: 0.5 },
      { kind: 'while a person is asked', nth: 1, share: 0.5 },
      { kind: 'while the model thinks', nth: 2, share: 0.5 },
      { kind: 'after the answer is begun, before its id is stored', nth: 2, share: 0.5 },
      { kind: 'the browser is killed', nth: 2, share: 0.5 },
    ],
    progress: (line) => said.push(line),
  });
  expect(report, said.join('\n')).toMatchObject({
    faults: 7,
    repeatedEffects: 0,
    missingEffects: 0,
    repeatedCalls: 0,
    orphans: 0,
    passed: true,
  });
});

it('a plan follows from its seed, and takes every kind of fault in turn', () => {
  expect(planFaults(30, 7)).toEqual(planFaults(30, 7));
  expect(planFaults(30, 7)).not.toEqual(planFaults(30, 8));
  expect(new Set(planFaults(14, 1).map(({ kind }) => kind)).size).toBe(14);
  expect(new Set(planFaults(14, 1).map(({ share }) => share)).size).toBe(14);
});
