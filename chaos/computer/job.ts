/** The job that the faults are injected into: one computer-use step through a site with many pages. */
import type { WorkflowHandle } from '@temporalio/client';
import { jobRevision, type LeadMagnetJobResult } from '../../workflows/contract/jobs/job.ts';
import { readDefinition } from '../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { leadMagnetJobType, taskQueue } from '../../workflows/contract/names.ts';
import { upload } from './site.ts';
import type { World } from './world.ts';

export type JobHandle = WorkflowHandle<(input: unknown) => Promise<LeadMagnetJobResult>>;

export async function startJob({ client, site, steps, store }: World, jobId: string): Promise<JobHandle> {
  const { artifact: name, content } = upload;
  const mediaType = 'application/octet-stream';
  await store.artifacts.put({ jobId, stepId: null, name, mediaType, content, deliverable: false });
  const { leadMagnet: definition, problems } = readDefinition({
    slug: 'many-steps',
    name: 'Many steps',
    form: {
      fields: [
        { id: 'site', type: 'url', label: 'Site', required: true },
        { id: upload.field, type: 'file', label: 'Proof', required: true },
      ],
    },
    network: { navigate: ['{{form.site}}'], load: 'listed' },
    steps: [
      {
        id: 'visit',
        kind: 'computer_use',
        startUrl: '{{form.site}}',
        goal: 'Do what each page asks for, until it says that all is done.',
        display: { width: 1000, height: 700 },
        budget: { iterations: 20 * steps, seconds: 3600 },
        // A short heartbeat time-out, so that a dead worker is noticed soon and many kills fit into an hour.
        limits: { heartbeatSeconds: 3, attempts: 100, attemptSeconds: 3700, totalSeconds: 86_400 },
        files: [`form.${upload.field}`],
        approvals: { risky: [{ words: ['Confirm'] }] },
      },
    ],
  });
  if (definition === null) throw new Error(`the definition has problems: ${JSON.stringify(problems)}`);
  const input = {
    tenant: 'default',
    version: 1,
    definition,
    form: { site: `${site.url}/${jobId}/1`, [upload.field]: name },
    submittedAt: new Date().toISOString(),
    jobUrl: null,
    revision: jobRevision,
  };
  return client.workflow.start<(input: unknown) => Promise<LeadMagnetJobResult>>(leadMagnetJobType, {
    workflowId: jobId,
    taskQueue: taskQueue('lodestone', 'jobs'),
    args: [input],
  });
}
