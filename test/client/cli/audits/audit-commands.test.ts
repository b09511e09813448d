import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { auditedInstallation } from '../../../support/audits/installation.ts';
import { temporaryFolder } from '../../../support/temporary-store.ts';
import { serveApp } from '../../api/harness.ts';
import { runCommand } from '../harness.ts';

const Reported = z.object({
  path: z.string(),
  using: z.object({ count: z.int(), leadMagnets: z.array(z.object({ tenant: z.string(), slug: z.string() })) }),
});

it('A06, A07: lodestone audit computer-use prints a table and the actions of the path, and writes the whole report', async () => {
  const url = await serveApp((await auditedInstallation()).app);
  const file = join(await temporaryFolder(), 'report.json');
  const { code, stdout, stderr } = await runCommand(url, 'audit', 'computer-use', '--json', file);
  expect([code, stderr]).toEqual([0, `wrote ${file}\n`]);
  expect(stdout).toMatch(/^acme +look +a +1024x768 +browser +100 turns, 900 s +1020 s x 12 +1$/m);
  expect(stdout).toMatch(/^default +audit +b +1024x768 +browser +100 turns, 60 s, \$2 +180 s x 12 +2$/m);
  expect(stdout).toContain('Path B: ');
  expect(stdout).toContain('[no]  A  metrics are exported: 1 living worker of 2 without metrics');
  const report = Reported.parse(JSON.parse(await readFile(file, 'utf8')));
  expect(report).toEqual({
    path: 'B',
    using: {
      count: 2,
      leadMagnets: [
        { tenant: 'acme', slug: 'look' },
        { tenant: 'default', slug: 'audit' },
      ],
    },
  });
});

it('A08: lodestone audit timeouts prints the score, the scenarios and the time-outs by kind, and JSON on standard output', async () => {
  const url = await serveApp((await auditedInstallation()).app);
  const text = await runCommand(url, 'audit', 'timeouts');
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(/^Risk of time-outs: \d+ of 100$/m);
  expect(text.stdout).toContain('Risk loop_budget: high\n  1 of 10 lead magnets at risk by limits');
  expect(text.stdout).toMatch(/^step computer_use +3 +1 +1 +1 +0 +1 +0 +0$/m);
  const { stdout } = await runCommand(url, 'audit', 'timeouts', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ scenarios: [{ level: 'high' }, {}, {}, {}] });
});
