/** Runs experiments with codecs of all kinds while the worker with the sandboxes is killed, and the Temporal server once. */
import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection, Client } from '@temporalio/client';
import { z } from 'zod';
import { experimentType, isExperimentEnd } from '../../workflows/contract/experiments/experiment.ts';
import {
  ExperimentLineSchema,
  ExperimentViewSchema,
  type ExperimentLine,
  type ExperimentView,
} from '../../workflows/contract/experiments/view.ts';
import { startInstallation, type Installation } from './installation.ts';
import { kinds, problemOf, specOf, type Kind } from './kinds.ts';
import { watchProcesses, type ProcessWatch } from './left-over.ts';

export interface ChaosOrder {
  /** An empty folder. */
  readonly folder: string;
  readonly experiments: number;
  readonly kills: number;
  /** Whether the Temporal server is killed, too, in the middle. */
  readonly killsTemporal: boolean;
  readonly slots: number;
  /** Seconds that code has for the phase in which it hangs. */
  readonly phaseSeconds: number;
  readonly say: (line: string) => void;
}

export interface ChaosReport {
  readonly experiments: number;
  readonly ended: number;
  readonly byState: Readonly<Record<string, number>>;
  /** Sentences about experiments that did not end as their codec deserves. */
  readonly wrong: readonly string[];
  readonly records: number;
  readonly openWorkflows: number;
  readonly kills: number;
  readonly temporalKills: number;
  readonly processesLeft: readonly string[];
  readonly temporaryFilesLeft: readonly string[];
  readonly seconds: number;
  /** How long the API took to tell about one experiment meanwhile. */
  readonly statusMilliseconds: { readonly p50: number; readonly p99: number };
  readonly ok: boolean;
}

const pollMilliseconds = 200;
const patienceMilliseconds = 1_200_000;

export async function chaosExperiment(order: ChaosOrder): Promise<ChaosReport> {
  const installation = await startInstallation(order.folder, order.slots);
  const watch = watchProcesses(() => installation.sandboxWorker.pid());
  try {
    const began = Date.now();
    const planned = Array.from({ length: order.experiments }, (_, index) => kindAt(index));
    const submitted = await Promise.all(planned.map((kind, index) => submit(installation, kind, index, order)));
    const { faults, statusTimes } = await runFaults(order, installation, watch, submitted);
    const seconds = (Date.now() - began) / 1000;
    const lines = await linesOf(installation);
    const views = await Promise.all(submitted.map((id) => viewOf(installation, id)));
    const openWorkflows = await openWorkflowsAt(installation.temporalAddress);
    await installation.stop();
    const ended = views.filter(({ state }) => isExperimentEnd(state)).length;
    const wrong = views.flatMap((view, index) => problemOf(kindAt(index), view) ?? []);
    const [processesLeft, temporaryFilesLeft] = [watch.left(), await readdir(installation.temporaryFolder)];
    const ok =
      ended === order.experiments &&
      lines.length === order.experiments &&
      faults.kills === order.kills &&
      [wrong, processesLeft, temporaryFilesLeft].every(({ length }) => length === 0) &&
      openWorkflows === 0;
    return {
      experiments: order.experiments,
      ended,
      byState: countBy(views),
      wrong,
      records: lines.length,
      openWorkflows,
      ...faults,
      processesLeft,
      temporaryFilesLeft,
      seconds,
      statusMilliseconds: { p50: quantile(statusTimes, 0.5), p99: quantile(statusTimes, 0.99) },
      ok,
    };
  } finally {
    watch.stop();
    await installation.stop();
  }
}

/** Kills while experiments run, evenly over all of them, and waits until all have ended. */
async function runFaults(
  { experiments, kills, killsTemporal, say }: ChaosOrder,
  installation: Installation,
  watch: ProcessWatch,
  ids: readonly string[],
) {
  const { sandboxWorker, temporal } = installation;
  const faults = { kills: 0, temporalKills: 0 };
  const statusTimes: number[] = [];
  const until = Date.now() + patienceMilliseconds;
  for (let look = 0; Date.now() < until; look += 1) {
    const lines = await linesOf(installation).catch(() => []);
    const ended = lines.filter(({ state }) => isExperimentEnd(state)).length;
    if (ended === experiments && faults.kills === kills) break;
    const asked = performance.now();
    await viewOf(installation, ids[look % ids.length] ?? '').then(
      () => statusTimes.push(performance.now() - asked),
      () => undefined,
    );
    if (killsTemporal && faults.temporalKills === 0 && ended >= experiments / 2) {
      await temporal.kill();
      faults.temporalKills += 1;
      say(`the Temporal server was killed after ${ended} experiments, and is up again`);
    } else if (faults.kills < kills && ended >= (faults.kills * experiments * 0.8) / kills) {
      // In the middle of a phase, each time at another moment of it. Some sandboxes only wait for work.
      const isAtWork = lines.some(({ phase }) => phase === 'encode' || phase === 'decode');
      if (!isAtWork || watch.runningBelow(sandboxWorker.pid()) < 2) continue;
      await delay((faults.kills * 377) % 1_000);
      await sandboxWorker.kill();
      faults.kills += 1;
      say(`kill ${faults.kills} of the worker after ${ended} experiments`);
    }
    await delay(pollMilliseconds);
  }
  return { faults, statusTimes };
}

function kindAt(index: number): Kind {
  const kind = kinds[index % kinds.length];
  if (kind === undefined) throw new Error('there are no kinds');
  return kind;
}

/** Returns the id. Sent with a key, so that an answer that was lost makes no second experiment. */
async function submit({ apiUrl }: Installation, kind: Kind, index: number, order: ChaosOrder): Promise<string> {
  const response = await fetch(`${apiUrl}/v1/experiments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `chaos ${index}` },
    body: JSON.stringify(specOf(kind, order.phaseSeconds)),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return ExperimentViewSchema.parse(await response.json()).id;
}

const PageSchema = z.object({ experiments: z.array(ExperimentLineSchema) });

async function linesOf({ apiUrl }: Installation): Promise<readonly ExperimentLine[]> {
  const response = await fetch(`${apiUrl}/v1/experiments?limit=200`);
  return PageSchema.parse(await response.json()).experiments;
}

async function viewOf({ apiUrl }: Installation, id: string): Promise<ExperimentView> {
  const response = await fetch(`${apiUrl}/v1/experiments/${id}`);
  return ExperimentViewSchema.parse(await response.json());
}

async function openWorkflowsAt(address: string): Promise<number> {
  const connection = await Connection.connect({ address });
  try {
    const query = `WorkflowType = '${experimentType}' and ExecutionStatus = 'Running'`;
    return (await new Client({ connection }).workflow.count(query)).count;
  } finally {
    await connection.close();
  }
}

function countBy(views: readonly ExperimentView[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of views) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
