/**
 * Starts a job straight at Temporal, with no API between: node client/examples/submit-job.ts
 * Uses TEMPORAL_ADDRESS and Temporal's other settings, as every client of Temporal does.
 */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { jobRevision } from '../../workflows/contract/jobs/job.ts';
import type { leadMagnetJob } from '../../workflows/index.ts';
import { readDefinition } from '../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { leadMagnetJobType, searchAttributes, taskQueue } from '../../workflows/contract/names.ts';

const { leadMagnet: definition } = readDefinition({
  slug: 'greeting',
  name: 'Greeting',
  form: { fields: [{ id: 'who', type: 'text', label: 'Who', required: true }] },
  steps: [{ id: 'card', kind: 'render', template: '# Hello {{form.who}}' }],
});
if (definition === null) throw new Error('the definition has problems');

const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
const client = new Client({ connection: await Connection.connect(connectionOptions), namespace });
const submission = { form: { who: 'Ada' }, submittedAt: new Date().toISOString(), jobUrl: null, revision: jobRevision };
const result = await client.workflow.execute<typeof leadMagnetJob>(leadMagnetJobType, {
  workflowId: `job_${Date.now().toString(36)}`,
  taskQueue: taskQueue('lodestone', 'jobs'),
  typedSearchAttributes: [{ key: searchAttributes.state, value: 'running' }],
  args: [{ tenant: 'default', version: 1, definition, ...submission }],
});
process.stdout.write(`${JSON.stringify(result)}\n`);
await client.connection.close();
