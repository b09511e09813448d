/** The alert rules as Prometheus itself reads and judges them, by its promtool. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { toolPath } from '../../workers/local/tools.ts';
import { root } from './compose-file.ts';

const folder = join(root, 'ops/prometheus');
const RulesSchema = z.object({ groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string() })) })) });
const TestsSchema = z.object({
  tests: z.array(
    z.object({ alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })) }),
  ),
});

/** What promtool prints; rejects when it finds something wrong. */
async function promtool(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(toolPath('promtool'), args);
  return stdout + stderr;
}

it('P22: promtool takes the rules, and each alert fires when it should and stays silent when it should', async () => {
  const { groups } = RulesSchema.parse(parse(await readFile(join(folder, 'rules.yaml'), 'utf8')));
  const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
  expect(await promtool('check', 'rules', join(folder, 'rules.yaml'))).toContain(
    `SUCCESS: ${alerts.length} rules found`,
  );
  expect(await promtool('test', 'rules', join(folder, 'rules.test.yaml'))).toContain('SUCCESS');
  const { tests } = TestsSchema.parse(parse(await readFile(join(folder, 'rules.test.yaml'), 'utf8')));
  const judged = tests.flatMap((test) => test.alert_rule_test);
  const named = (fires: boolean) =>
    new Set(judged.filter((judgement) => judgement.exp_alerts.length > 0 === fires).map(({ alertname }) => alertname));
  expect([...named(true)].toSorted()).toEqual(alerts.toSorted());
  expect([...named(false)].toSorted()).toEqual(alerts.toSorted());
});

it('a rule that fires at another time, or that Prometheus cannot read, fails', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'lodestone-rules-'));
  onTestFinished(() => rm(copy, { recursive: true }));
  await cp(folder, copy, { recursive: true });
  const rules = await readFile(join(folder, 'rules.yaml'), 'utf8');
  await writeFile(join(copy, 'rules.yaml'), rules.replace('> 1200', '> 1300'));
  await expect(promtool('test', 'rules', join(copy, 'rules.test.yaml'))).rejects.toThrow('FAILED');
  await writeFile(join(copy, 'rules.yaml'), rules.replace('topk(1,', 'topk(1'));
  await expect(promtool('check', 'rules', join(copy, 'rules.yaml'))).rejects.toThrow('parse error');
});
