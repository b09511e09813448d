/** The contenders, which make the same four calls on the same Temporal server: a bare workflow, and our job on a database. */
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { z } from 'zod';
import type { DatabaseKind, Databases } from '../databases.ts';
import { startChild, type Child } from '../../workers/local/child.ts';
import { readDefinition } from '../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { leadMagnetJobType, searchAttributes, taskQueue } from '../../workflows/contract/names.ts';
import { jobRevision, type LeadMagnetJobResult } from '../../workflows/contract/jobs/job.ts';

export interface Contender {
  /** In reports: `bare`, or the database's product and its version. */
  readonly name: string;
  /** In workflow ids: it is different for each contender of a run. */
  readonly key: 'bare' | DatabaseKind;
  readonly worker: Child;
  /** The processes whose descendants are the database server's. */
  readonly databasePids: readonly number[];
  /** Runs one job from its start to its end. Throws unless it did all four calls. */
  run(id: string): Promise<void>;
}

export interface Place {
  readonly client: Client;
  readonly temporalAddress: string;
  readonly folder: string;
  readonly standIn: StandIn;
}

export type StandIn = z.infer<typeof StandInSchema>;
const StandInSchema = z.object({ model: z.string(), webhook: z.string() });

const root = join(import.meta.dirname, '..', '..');

export async function startStandIn(): Promise<{ readonly child: Child; readonly standIn: StandIn }> {
  const child = await startChild({ name: 'stand-in', file: join(root, 'bench/stand-in.ts'), environment: process.env });
  return { child, standIn: StandInSchema.parse(JSON.parse(child.said)) };
}

export async function startBare({ client, temporalAddress, standIn }: Place): Promise<Contender> {
  const environment = {
    ...process.env,
    TEMPORAL_ADDRESS: temporalAddress,
    BENCH_MODEL: standIn.model,
    BENCH_WEBHOOK: standIn.webhook,
  };
  const worker = await startChild({ name: 'bare worker', file: join(root, 'bench/job/bare-worker.ts'), environment });
  return {
    name: 'bare',
    key: 'bare',
    worker,
    databasePids: [],
    run: (id) => client.workflow.execute<() => Promise<void>>('bareJob', { workflowId: id, taskQueue: 'bare' }),
  };
}

/** Queues and data folder are separate for each database, so that a run has workers on several. */
export async function startOurs(place: Place, kind: DatabaseKind, databases: Databases): Promise<Contender> {
  const { client, temporalAddress, folder, standIn } = place;
  const environment = {
    ...process.env,
    TEMPORAL_ADDRESS: temporalAddress,
    LODESTONE_DATA_DIR: join(folder, kind),
    LODESTONE_DATABASE_URL: await databases.create(),
    LODESTONE_QUEUE_PREFIX: kind,
    LODESTONE_LOG_LEVEL: 'warn',
    LODESTONE_ALLOW_PRIVATE_ORIGINS: standIn.webhook,
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: standIn.model,
  };
  const file = join(root, 'workers/main.ts');
  const parameters = ['--queues', 'jobs,llm'];
  const worker = await startChild({ name: `worker on ${kind}`, file, parameters, environment });
  const definition = definitionOf(standIn);
  // As the API starts a job.
  const typedSearchAttributes = new TypedSearchAttributes([
    { key: searchAttributes.tenant, value: 'default' },
    { key: searchAttributes.leadMagnet, value: definition.slug },
    { key: searchAttributes.state, value: 'running' },
  ]);
  return {
    name: databases.product,
    key: kind,
    worker,
    databasePids: databases.pids,
    async run(id) {
      const input = {
        tenant: 'default',
        version: 1,
        definition,
        form: { who: 'Ada' },
        submittedAt: new Date().toISOString(),
        jobUrl: null,
        revision: jobRevision,
      };
      const result = await client.workflow.execute<(input: unknown) => Promise<LeadMagnetJobResult>>(
        leadMagnetJobType,
        { workflowId: id, taskQueue: taskQueue(kind, 'jobs'), args: [input], typedSearchAttributes },
      );
      if (result.outcome !== 'completed') throw new Error(`${id} ended as ${result.outcome}`);
    },
  };
}

function definitionOf({ webhook }: StandIn) {
  const { leadMagnet, problems } = readDefinition({
    slug: 'four-calls',
    name: 'Four calls',
    form: { fields: [{ id: 'who', type: 'text', label: 'Who', required: true }] },
    network: { navigate: [webhook] },
    steps: [
      { id: 'prices', kind: 'ai', instructions: 'Say the prices.' },
      { id: 'contact', kind: 'ai', instructions: 'Say the contact details.' },
      {
        id: 'summary',
        kind: 'ai',
        needs: ['prices', 'contact'],
        instructions: 'Say {{steps.prices.output.text}} {{steps.contact.output.text}}.',
      },
      {
        id: 'tell',
        kind: 'webhook',
        needs: ['summary'],
        url: webhook,
        body: { body: '{{steps.summary.output.text}}' },
      },
    ],
  });
  if (leadMagnet === null) throw new Error(`the benchmark's definition has problems: ${JSON.stringify(problems)}`);
  return leadMagnet;
}
