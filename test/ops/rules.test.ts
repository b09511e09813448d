/** The alert rules as Prometheus itself reads and judges them, by its promtool. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { promtool } from '../support/watching/programs.ts';
import { root } from './compose-file.ts';

const folder = join(root, 'ops/prometheus');
const RulesSchema = z.object({ groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string() })) })) });
const TestsSchema = z.object({
  tests: z.array(
    z.object({ alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })) }),
  ),
});

/** The files that hold the rules to their tests. */
async function testFiles(): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.test.yaml'));
}

it('P22, A09, L13: promtool takes the rules, and each alert fires when it should and stays silent when it should', async () => {
  const { groups } = RulesSchema.parse(parse(await readFile(join(folder, 'rules.yaml'), 'utf8')));
  const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
  expect(await promtool('check', 'rules', join(folder, 'rules.yaml'))).toContain(
    `SUCCESS: ${alerts.length} rules found`,
  );
  const judged: z.infer<typeof TestsSchema>['tests'][number]['alert_rule_test'] = [];
  for (const file of await testFiles()) {
    expect(await promtool('test', 'rules', join(folder, file))).toContain('SUCCESS');
    const { tests } = TestsSchema.parse(parse(await readFile(join(folder, file), 'utf8')));
    judged.push(...tests.flatMap((test) => test.alert_rule_test));
  }
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
