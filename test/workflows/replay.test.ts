/**
 * Recorded histories must replay: a change of the workflow that breaks a job in production breaks a test here first.
 *
 * The two histories `…-in-one-task` guard the order of commands when a worker that was down takes two results at once:
 * - `result-and-answer`: an AI step's result and a person's approval. It fails when a step's result takes more or fewer
 *   microtasks than before to reach the scheduler, for example without `async` in `runByKind` or `runAiStep`.
 * - `two-results`: two AI steps; a render step needs one of them, and another AI step waits for a free slot. It fails
 *   when the scheduler no longer sees both results before it starts the next steps.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TracesPlugin } from '../../traces/temporal-plugin.ts';
import { workflowBundle } from '../../workers/workflow-bundle/bundle.ts';

Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: 'OFF' } },
});

const folder = join(import.meta.dirname, '..', 'histories');
const HistorySchema = z.looseObject({ events: z.array(z.looseObject({ eventType: z.string() })) });

async function histories(): Promise<readonly { name: string; history: z.infer<typeof HistorySchema> }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => ({
      name,
      history: HistorySchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8'))),
    })),
  );
}

describe('recorded histories', () => {
  it('all replay on the workflows as they are', { timeout: 120_000 }, async () => {
    const recorded = await histories();
    expect(recorded.length).toBeGreaterThan(0);
    const bundle = await workflowBundle();
    for (const { name, history } of recorded) {
      await expect(Worker.runReplayHistory({ workflowBundle: bundle }, history), name).resolves.toBeUndefined();
    }
  });

  it(
    'of jobs that began without traces all replay with them, and no span is sent again',
    { timeout: 120_000 },
    async () => {
      const spans = new InMemorySpanExporter();
      const resource = resourceFromAttributes({});
      const plugin = new TracesPlugin({ resource, spanProcessor: new SimpleSpanProcessor(spans) });
      const bundle = await workflowBundle('traced');
      for (const { name, history } of await histories()) {
        const replay = Worker.runReplayHistory({ workflowBundle: bundle, plugins: [plugin] }, history);
        await expect(replay, name).resolves.toBeUndefined();
      }
      expect(spans.getFinishedSpans()).toEqual([]);
    },
  );

  it('do not replay when an activity that was run is no longer asked for', { timeout: 120_000 }, async () => {
    const audit = (await histories()).find(({ name }) => name.endsWith('website-audit-completed.json'));
    const text = JSON.stringify(audit?.history).replaceAll('"runRender"', '"runAnother"');
    const bundle = await workflowBundle();
    const replay = Worker.runReplayHistory({ workflowBundle: bundle }, HistorySchema.parse(JSON.parse(text)));
    await expect(replay).rejects.toThrow(DeterminismViolationError);
  });
});
