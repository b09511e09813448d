/**
 * From a job that reaches its limit to the message that a person gets: a real worker exports it, a real Prometheus judges it by the
 * rules that are shipped, and a real Alertmanager sends it to a webhook.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, it, onTestFinished, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { freePorts } from '../../demo/run/free-ports.ts';
import { leadMagnetJobType, taskQueue } from '../../workflows/contract/names.ts';
import type { leadMagnetJob } from '../../workflows/index.ts';
import { jobInput } from '../support/definitions.ts';
import { countingServer } from '../support/http/counting-server.ts';
import { separateProcesses } from '../support/processes/separate-processes.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { documentedMetrics, metricsOf, temporalMetrics, undocumentedIn } from '../support/watching/exported-metrics.ts';
import { startProgram } from '../support/watching/programs.ts';
import { root } from './compose-file.ts';

const patience = { timeout: 60_000, interval: 100 };
const MessageSchema = z.object({
  alerts: z.array(z.object({ status: z.string(), labels: z.record(z.string(), z.string()) })),
});

const SamplesSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

const TargetsSchema = z.array(z.looseObject({ static_configs: z.array(z.object({ targets: z.array(z.string()) })) }));
const PrometheusSchema = z.object({
  global: z.record(z.string(), z.string()),
  rule_files: z.array(z.string()),
  alerting: z.object({ alertmanagers: TargetsSchema }),
  scrape_configs: TargetsSchema,
});
const AlertmanagerSchema = z.looseObject({ route: z.looseObject({}), receivers: z.array(z.looseObject({})) });

/** The shipped examples, but quick; `worker` is where the metrics are. Returns what asks Prometheus for the values of a query. */
async function watch(addresses: {
  readonly worker: string;
  readonly receiver: string;
}): Promise<(query: string) => Promise<readonly string[]>> {
  const [prometheusPort, alertmanagerPort] = await freePorts(2);
  const folder = await temporaryFolder();
  const inFolder = (name: string): string => join(folder, name);
  const prometheus = `127.0.0.1:${prometheusPort}`;
  const alertmanager = `127.0.0.1:${alertmanagerPort}`;
  const example = async (path: string): Promise<string> => readFile(join(root, 'ops', path), 'utf8');
  const prometheusConfig = PrometheusSchema.parse(parse(await example('prometheus/prometheus.example.yaml')));
  const alertmanagerConfig = AlertmanagerSchema.parse(parse(await example('alertmanager/alertmanager.example.yaml')));
  prometheusConfig.global = { scrape_interval: '500ms', evaluation_interval: '500ms' };
  prometheusConfig.rule_files = [join(root, 'ops/prometheus/rules.yaml')];
  prometheusConfig.alerting.alertmanagers = [{ static_configs: [{ targets: [alertmanager] }] }];
  prometheusConfig.scrape_configs = [{ job_name: 'lodestone', static_configs: [{ targets: [addresses.worker] }] }];
  Object.assign(alertmanagerConfig.route, { group_wait: '0s', group_interval: '1s' });
  alertmanagerConfig.receivers = [{ name: 'people', webhook_configs: [{ url: `${addresses.receiver}/alerts` }] }];
  await writeFile(inFolder('prometheus.yaml'), stringify(prometheusConfig));
  await writeFile(inFolder('alertmanager.yaml'), stringify(alertmanagerConfig));
  await Promise.all([
    startProgram(
      'prometheus',
      [
        `--config.file=${inFolder('prometheus.yaml')}`,
        `--storage.tsdb.path=${inFolder('prometheus')}`,
        // It knows of its Alertmanager only some seconds after its start, and the first alert may be lost until then.
        '--rules.alert.resend-delay=1s',
      ],
      prometheus,
    ),
    startProgram(
      'alertmanager',
      [
        `--config.file=${inFolder('alertmanager.yaml')}`,
        `--storage.path=${inFolder('alertmanager')}`,
        '--cluster.listen-address=',
      ],
      alertmanager,
    ),
  ]);
  return async (query) => {
    const answer = await fetch(`http://${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
    return SamplesSchema.parse(await answer.json()).data.result.map(({ value: [, value] }) => value);
  };
}

it('A09: a job that reaches its limit is an alert that arrives at a webhook', { timeout: 120_000 }, async () => {
  const receiver = await countingServer((response) => response.end());
  const [metricsPort] = await freePorts(1);
  const worker = `127.0.0.1:${metricsPort}`;
  const quick = await countingServer();
  const stack = await separateProcesses({
    LODESTONE_METRICS_ADDRESS: worker,
    LODESTONE_ALLOW_PRIVATE_ORIGINS: quick.origin,
  });
  const startWorker = async (): Promise<void> => {
    await stack.startTemporal();
    await stack.startWorker('jobs');
  };
  const [ask] = await Promise.all([watch({ worker, receiver: receiver.origin }), startWorker()]);
  // Prometheus has to see that none has timed out before it can see that one has.
  await expect.poll(() => ask('lodestone_jobs{outcome="timed_out"}'), patience).toEqual(['0']);

  const connection = await Connection.connect({ address: stack.temporalAddress });
  onTestFinished(() => connection.close());
  // Nobody serves the queue of its second step.
  const input = jobInput({
    network: { navigate: [quick.origin] },
    steps: [
      { id: 'call', kind: 'webhook', url: quick.origin },
      { id: 'count', kind: 'code', language: 'python', source: 'def main(i): return 1' },
    ],
  });
  const result = new Client({ connection }).workflow.execute<typeof leadMagnetJob>(leadMagnetJobType, {
    workflowId: 'job_late',
    taskQueue: taskQueue('lodestone', 'jobs'),
    args: [{ ...input, definition: { ...input.definition, totalSeconds: 3 } }],
  });
  expect(await result).toMatchObject({ outcome: 'timed_out', steps: [{ state: 'succeeded' }, { state: 'cancelled' }] });
  const exported = await (await fetch(`http://${worker}/metrics`)).text();
  const documented = await documentedMetrics();
  expect(undocumentedIn(exported, documented)).toEqual([]);
  expect(metricsOf(exported)).toEqual(expect.arrayContaining(['lodestone_run_duration', ...temporalMetrics]));
  // The boundary of the alert of waiting queues.
  expect(exported).toMatch(/^temporal_activity_schedule_to_start_latency_bucket\{.*le="60000".*\}/m);

  await vi.waitFor(() => {
    const alerts = receiver.received.flatMap(({ body }) => MessageSchema.parse(JSON.parse(body)).alerts);
    expect(alerts.map(({ status, labels }) => [status, labels['alertname']])).toContainEqual([
      'firing',
      'LodestoneJobTimedOut',
    ]);
  }, patience);
});
