/** The demo itself, as a user runs it, with its worker killed in mid-loop: the whole road in one test. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { databaseSettings } from '../support/temporary-store.ts';

const root = join(import.meta.dirname, '..', '..');

const ReportSchema = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ what: z.string(), ok: z.boolean(), detail: z.string() })),
  job: z.object({
    outcome: z.string(),
    steps: z.array(
      z.object({
        id: z.string(),
        attempts: z.int(),
        iterations: z.int(),
        modelCalls: z.int(),
        recoveryLevel: z.string().nullable(),
      }),
    ),
  }),
});

it.each([
  { how: 'goes on in the browser that lived on', kill: '--kill-worker', recoveryLevel: 'reattached' },
  { how: 'restores the browser that was killed with it', kill: '--kill-browser', recoveryLevel: 'restored' },
])(
  'A05: with its worker killed in mid-loop, the demo $how, sends nothing twice and pays no call twice',
  { timeout: 240_000 },
  async ({ kill, recoveryLevel }) => {
    const environment: NodeJS.ProcessEnv = { ...process.env, ...(await databaseSettings()) };
    delete environment['OPENAI_API_KEY'];
    const demo = spawn(process.execPath, ['demo/main.ts', '--once', '--json', kill], {
      cwd: root,
      env: environment,
    });
    let said = '';
    let reported = '';
    demo.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    demo.stderr.setEncoding('utf8').on('data', (text: string) => (reported += text));
    const exitCode = await new Promise((resolve) => {
      demo.once('exit', resolve);
    });
    expect(exitCode, reported).toBe(0);
    const report = ReportSchema.parse(JSON.parse(said));
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report.job.outcome).toBe('completed');
    const look = report.job.steps.find(({ id }) => id === 'look');
    // One attempt died by SIGKILL; a machine under load may cost another, which then finds the browser of the one before.
    expect(look?.attempts).toBeGreaterThanOrEqual(2);
    expect(look?.attempts === 2 ? [recoveryLevel] : [recoveryLevel, 'reattached']).toContain(look?.recoveryLevel);
    expect(look?.modelCalls).toBe(look?.iterations);
  },
);
