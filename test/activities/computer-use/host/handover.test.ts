import { Worker } from '@temporalio/worker';
import { expect, it, onTestFinished } from 'vitest';
import { createComputerHosts } from '../../../../activities/computer-use/host/hosts.ts';
import type { Model } from '../../../../activities/ports.ts';
import { leadMagnetJobType, taskQueue } from '../../../../workflows/contract/names.ts';
import { computerStep } from '../../../support/computer-use/computer-step.ts';
import { temporaryHosts } from '../../../support/computer-use/browser-hosts.ts';
import { countingServer } from '../../../support/http/counting-server.ts';
import { jobInput } from '../../../support/definitions.ts';
import { fakeActivities } from '../../../support/workflows/fake-activities.ts';
import { callResponse, click, textResponse } from '../../../support/llm/responses.ts';
import { temporaryStore } from '../../../support/temporary-store.ts';
import { useWorkflowEnvironment } from '../../../support/workflows/workflow-environment.ts';

const text = 'typed by a worker that is stopped meanwhile. '.repeat(4);
const script = [
  callResponse('r1', [click(10, 10), { type: 'type', text }]),
  callResponse('r2', [{ type: 'type', text: 'And on.' }]),
  textResponse('r3', 'typed'),
];
/** A model that continues from any given response. */
const model: Model = {
  create: async ({ previousResponseId }) =>
    script[script.findIndex(({ id }) => id === previousResponseId) + 1] ?? textResponse('r9', ''),
  retrieve: () => Promise.reject(new Error('nothing is under way')),
  cancel: async () => undefined,
};

const server = useWorkflowEnvironment('local');

it('A05: a worker that is stopped in the middle of an action hands its browser over, and the action is done once', async () => {
  const begun = Promise.withResolvers<void>();
  const site = await countingServer((response, { url }) => {
    if (url.startsWith('/text')) begun.resolve();
    response.writeHead(200, { 'content-type': 'text/html' })
      .end(`<!doctype html><input style="position:absolute;inset:0">
      <script>document.querySelector('input').addEventListener('input',
        ({ target }) => fetch('/text?' + encodeURIComponent(target.value)))</script>`);
  });
  const store = await temporaryStore();
  const runComputerUse = computerStep(store, model, {
    computers: createComputerHosts(await temporaryHosts()),
    allowPrivateOrigins: [site.origin],
  });
  const startWorker = async (): Promise<{ stop: () => Promise<void> }> => {
    const worker = await Worker.create({
      connection: server.environment.nativeConnection,
      taskQueue: taskQueue('handover', 'browser'),
      activities: { runComputerUse },
      shutdownGraceTime: 1,
    });
    const running = worker.run();
    const stop = async (): Promise<void> => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    };
    onTestFinished(stop);
    return { stop };
  };

  const step = { id: 'visit', kind: 'computer_use', startUrl: site.origin, goal: 'type it' };
  const input = jobInput({ network: { navigate: [site.origin] }, steps: [step] });
  await store.jobs.open(
    'job_handover',
    { ...input, jobUrl: 'https://lodestone.example/jobs/job_handover' },
    new Date(),
  );
  const { activities } = fakeActivities();
  const first = await startWorker();
  const result = await server.withWorkers(
    'handover',
    activities,
    async () => {
      const options = { workflowId: 'job_handover', taskQueue: taskQueue('handover', 'jobs'), args: [input] };
      const job = await server.environment.client.workflow.start(leadMagnetJobType, options);
      await begun.promise;
      await first.stop();
      await startWorker();
      return job.result();
    },
    ['jobs', 'llm'],
  );

  expect(result).toMatchObject({ outcome: 'completed' });
  const view = await store.jobViews.find('job_handover');
  expect(view?.steps[0]).toMatchObject({ recoveryLevel: 'reattached', attempts: 2, iterations: 3 });
  const reported = site.received.filter(({ url }) => url.startsWith('/text?'));
  expect(decodeURIComponent(reported.at(-1)?.url ?? '')).toBe(`/text?${text}And on.`);
});
