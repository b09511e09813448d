/** `npm start` under jobs and batches, with each of its processes killed in turn. `npm run chaos:processes` does more. */
import { expect, it } from 'vitest';
import { injectProcessFaults } from '../../chaos/processes/run.ts';
import { temporaryFolder, temporaryStoreDatabase } from '../support/temporary-store.ts';

const targets = ['api', 'worker jobs', 'worker llm', 'worker browser', 'temporal'] as const;

it(
  'each process of npm start is killed in turn: it stays up, and nothing is lost, doubled or paid twice',
  { timeout: 240_000 },
  async () => {
    const said: string[] = [];
    const report = await injectProcessFaults({
      folder: await temporaryFolder(),
      databaseUrl: await temporaryStoreDatabase(),
      faults: targets.map((target) => ({ target, signal: 'SIGKILL' })),
      jobs: 2,
      items: 40,
      audits: false,
      say: (line) => said.push(line),
    });
    expect(report, said.join('\n')).toMatchObject({
      stayedUp: true,
      exitedInOrder: true,
      faults: 5,
      jobs: 10,
      jobsLost: 0,
      items: 200,
      itemsLost: 0,
      effectsLost: 0,
      effectsDoubled: 0,
      paidCalls: 220,
      paidTwice: 0,
    });
  },
);
