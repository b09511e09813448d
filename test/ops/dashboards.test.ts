/** The dashboards of Grafana: in step with their source, and asking only for what is exported, in queries that Prometheus can read. */
import { execFile } from 'node:child_process';
import { glob, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { documentedMetrics, labelsOf, metricsOf } from '../support/watching/exported-metrics.ts';
import { promtool } from '../support/watching/programs.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { root } from './compose-file.ts';

const folder = join(root, 'ops/grafana/dashboards');
const DashboardSchema = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      type: z.string(),
      title: z.string(),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).optional(),
    }),
  ),
});
const RulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(z.object({ alert: z.string(), expr: z.string(), annotations: z.record(z.string(), z.string()) })),
    }),
  ),
});

interface Query {
  readonly where: string;
  readonly expr: string;
  readonly shown: string;
}

async function dashboardQueries(): Promise<readonly Query[]> {
  const files = await readdir(folder);
  const queries = files.map(async (file): Promise<readonly Query[]> => {
    const { uid, panels } = DashboardSchema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));
    expect(`${uid}.json`).toBe(file);
    return panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, legendFormat }) => ({ where: `${uid}: ${title}`, expr, shown: legendFormat })),
    );
  });
  return (await Promise.all(queries)).flat();
}

async function ruleQueries(): Promise<readonly Query[]> {
  const rules = RulesSchema.parse(parse(await readFile(join(root, 'ops/prometheus/rules.yaml'), 'utf8')));
  return rules.groups.flatMap((group) =>
    group.rules.map(({ alert, expr, annotations }) => ({
      where: alert,
      expr,
      shown: Object.values(annotations).join(),
    })),
  );
}

it('L14, A11: dashboards and alerts ask only for metrics and labels that are exported', async () => {
  const queries = [...(await dashboardQueries()), ...(await ruleQueries())];
  expect(queries.length).toBeGreaterThan(50);
  const known = await documentedMetrics();
  const unknown = queries.flatMap(({ where, expr, shown }) => {
    const metrics = metricsOf(expr);
    const labels = new Set(metrics.flatMap((name) => [...(known.get(name) ?? [])]));
    return [
      ...(metrics.length === 0 ? [`${where}: no metric`] : []),
      ...metrics.filter((name) => !known.has(name)).map((name) => `${where}: ${name}`),
      ...[...labelsOf(expr, shown)].filter((label) => !labels.has(label)).map((label) => `${where}: label ${label}`),
    ];
  });
  expect(unknown).toEqual([]);
});

it('each metric of the documents is one that code makes', async () => {
  let code = '';
  for await (const file of glob('{activities,workers,workflows,client/api/metrics}/**/*.ts', { cwd: root })) {
    code += await readFile(join(root, file), 'utf8');
  }
  // Some files put the first words before the names that they list.
  const isMade = (name: string): boolean =>
    ['', 'lodestone_', 'lodestone_batch_'].some((start) => code.includes(`'${name.replace(start, '')}'`));
  const ours = [...(await documentedMetrics()).keys()].filter((name) => name.startsWith('lodestone_'));
  expect(ours.filter((name) => !isMade(name))).toEqual([]);
});

it('L14: each query of the dashboards is one that Prometheus can read', async () => {
  const queries = await dashboardQueries();
  const copy = await temporaryFolder();
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  const rules = queries.map(({ expr }, index) => ({
    record: `panel_${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m'),
  }));
  const file = join(copy, 'queries.yaml');
  await writeFile(file, stringify({ groups: [{ name: 'panels', rules }] }));
  expect(await promtool('check', 'rules', file)).toContain(`SUCCESS: ${queries.length} rules found`);
});

it('the dashboards are those of their source', async () => {
  const generate = promisify(execFile)(process.execPath, [join(root, 'ops/grafana/generate.ts'), '--check']);
  await expect(generate).resolves.toMatchObject({ stderr: '' });
});
