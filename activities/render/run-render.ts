/** The render step: fills a Markdown template and produces Markdown, HTML and, on request, PDF. */
import { Context } from '@temporalio/activity';
import type { Store } from '../../store/store.ts';
import type { ArtifactReference, StepActivityInput } from '../../workflows/contract/jobs/job.ts';
import type { RenderStep } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { noUsage } from '../../workflows/contract/usage.ts';
import type { GuardedHttp } from '../http/guarded-fetch.ts';
import type { PdfPrinter } from '../ports.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';
import { recordedStep, type StepActivity, type StepOutcome } from '../records/recorded.ts';
import { measured } from '../runs/run-meter.ts';
import { keepOutput, templateData } from '../step-data.ts';
import { composeInThread, placeInThread } from './compose-in-thread.ts';
import { loadImages } from './images.ts';
import { recordNotes } from './record-notes.ts';

export interface RenderDependencies {
  readonly store: Store;
  readonly pdfPrinter: PdfPrinter;
  readonly http: GuardedHttp;
}

export function createRunRender(dependencies: RenderDependencies): StepActivity {
  return recordedStep(dependencies.store, 'render', (input, record) =>
    measured('render', () => runRender(dependencies, input, record)),
  );
}

async function runRender(
  { store, pdfPrinter, http }: RenderDependencies,
  input: StepActivityInput<RenderStep>,
  { later }: AttemptRecord,
): Promise<StepOutcome> {
  const { job, step } = input;
  const signal = Context.current().cancellationSignal;
  const data = await templateData(store.artifacts, input);
  const composed = await composeInThread(
    { template: step.template, data, fallbackTitle: job.leadMagnetName, look: job.look },
    job.leadMagnet,
    signal,
  );
  const { markdown } = composed;
  const images = await loadImages({ artifacts: store.artifacts, http, jobId: job.id, signal }, composed.images);
  const placing = { html: composed.html, sources: composed.images, images, how: 'inside' } as const;
  const { content: html, notes } = await placeInThread(placing, job.tenant, signal);
  const put = (extension: string, mediaType: string, content: Uint8Array): Promise<ArtifactReference> =>
    store.artifacts.put({
      jobId: job.id,
      stepId: step.id,
      name: `${step.id}.${extension}`,
      mediaType,
      content,
      deliverable: true,
    });
  const artifacts = [
    await put('md', 'text/markdown; charset=utf-8', Buffer.from(markdown)),
    await put('html', 'text/html; charset=utf-8', html),
  ];
  if (step.pdf) {
    const pdf = await pdfPrinter.print(new TextDecoder().decode(html), signal);
    artifacts.push(await put('pdf', 'application/pdf', pdf));
  }
  await recordNotes(store.events, job.id, [...composed.notes, ...notes], { step: step.id });
  const output = await keepOutput(store.artifacts, { jobId: job.id, stepId: step.id, value: { markdown } }, later);
  return { state: 'succeeded', reason: null, output, artifacts, usage: noUsage, iterations: 0, recoveryLevel: null };
}
