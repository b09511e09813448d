import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../../support/temporary-store.ts';
import { runCommand } from '../harness.ts';

const noServer = 'http://127.0.0.1:1';
const Printed = z.object({
  limits: z.array(z.object({ work: z.string(), limit: z.string(), source: z.string() })),
  problems: z.array(z.string()),
  risks: z.array(z.object({ scenario: z.string(), level: z.string() })),
});

it('A08: lodestone limits prints the whole table and the risks, without a server', async () => {
  const { code, stdout } = await runCommand(noServer, 'limits', '--json');
  const { limits, problems, risks } = Printed.parse(JSON.parse(stdout));
  expect(code).toBe(0);
  expect(problems).toEqual([]);
  expect(risks).toHaveLength(4);
  const works = new Set(limits.map(({ work }) => work));
  for (const work of [
    'computer_use',
    'ai',
    'delivery',
    'batch_partition',
    'job',
    'batch (whole)',
    'experiment',
    'tools',
  ]) {
    expect(works).toContain(work);
  }
});

it('lodestone limits refuses a definition whose limits contradict each other', async () => {
  const file = join(await temporaryFolder(), 'audit.yaml');
  const step = { id: 'a', kind: 'ai', instructions: 'x', limits: { attemptSeconds: 20, totalSeconds: 10 } };
  await writeFile(
    file,
    JSON.stringify({
      slug: 'audit',
      name: 'Audit',
      form: { fields: [{ id: 'email', type: 'email', label: 'E-mail' }] },
      steps: [step],
    }),
  );
  const { code, stderr } = await runCommand(noServer, 'limits', file);
  expect(code).toBe(6);
  expect(stderr).toContain('attemptSeconds 20 is above totalSeconds 10');
});
