/** The two ends of a batch step, against a real store. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createBatchStep } from '../../../activities/batches/batch-step.ts';
import { keepOutput } from '../../../activities/step-data.ts';
import type {
  OutputReference,
  StepActivityInput,
  StepActivityResult,
  StepBatch,
} from '../../../workflows/contract/jobs/job.ts';
import type { JsonObject, JsonValue } from '../../../workflows/contract/json/json.ts';
import { activityPlace, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { batchStep, rowsStep } from '../../support/definitions.ts';

async function world(value: JsonValue, parts: JsonObject = {}) {
  const { store, definition } = await storeWithJob({ steps: [{ ...batchStep, ...parts }, rowsStep] });
  const output = { kind: 'inline' as const, value };
  const input = stepInput(definition, { outputs: { leads: output } });
  const step = createBatchStep({ store, defaultModel: 'gpt-5.4-mini' });
  const prepare = (): Promise<StepBatch> =>
    activityPlace().run((given: StepActivityInput) => step.prepareBatchStep(given), input);
  const collect = (): Promise<StepActivityResult> =>
    activityPlace().run((given: StepActivityInput) => step.collectBatchStep(given), {
      ...input,
      sequence: 2,
      follows: true,
    });
  return { store, input, step, prepare, collect };
}

describe('P28: a batch step', () => {
  it('stores its items once, however often it is tried, and takes what an attempt left half stored for nothing', async () => {
    const { store, prepare } = await world({ rows: [{ name: 'Ada' }, 'Bob'] });
    const { batchId, limits } = await prepare();
    expect((await prepare()).batchId).toBe(batchId);
    expect(limits).toMatchObject({ parallel: 50, capUsd: 50 });
    const cheap = await world({ rows: ['Eve'] }, { mode: 'economy' });
    expect((await cheap.store.batches.definition((await cheap.prepare()).batchId)).mode).toBe('economy');
    const items = await store.batchItems.page(batchId, { after: null, limit: 10 });
    expect(items.map(({ item }) => item)).toEqual([{ name: 'Ada' }, { value: 'Bob' }]);

    const other = await world({ rows: [{ name: 'Ada' }] });
    const definition = await store.batches.definition(batchId);
    await other.store.batches.create({ id: batchId, definition, now: new Date() });
    await other.store.batchItems.import(batchId, [{ name: 'left over' }]);
    await other.prepare();
    expect((await other.store.batches.find(batchId))?.itemCount).toBe(1);
  });

  it('takes 20,000 items out of an output that travels by reference, and refuses one that is too large to read', async () => {
    const { store, input, step } = await world({ rows: [] });
    const name = 'x'.repeat(300);
    const value = { rows: Array.from({ length: 20_000 }, (_, index) => ({ name: `${name} ${index}` })) };
    const leadsOutput = await keepOutput(
      store.artifacts,
      { jobId: input.job.id, stepId: 'leads', value },
      () => undefined,
    );
    const prepared = (output: OutputReference): Promise<StepBatch> =>
      activityPlace({ startToCloseTimeoutMs: 600_000 }).run(
        (given: StepActivityInput) => step.prepareBatchStep(given),
        {
          ...input,
          outputs: { leads: output, unneeded: { kind: 'artifact' as const, sha256: 'not read', bytes: 1 } },
        },
      );
    const huge = { kind: 'artifact', sha256: 'f'.repeat(64), bytes: 40 * 2 ** 20 } as const;
    await expect(prepared(huge)).rejects.toMatchObject({
      type: 'step_definition',
      nonRetryable: true,
      message: expect.stringContaining('has 40 MiB, and a batch step takes a list out of at most 32 MiB'),
    });
    const { batchId } = await prepared(leadsOutput);
    expect(leadsOutput.kind).toBe('artifact');
    expect(await store.batches.find(batchId)).toMatchObject({ state: 'queued', itemCount: 20_000 });
    const [last] = await store.batchItems.page(batchId, { after: 19_998, limit: 1 });
    expect(last?.item).toEqual({ name: `${name} 19999` });
  });

  it('is refused when what it is given is no list', async () => {
    const { prepare } = await world({ rows: 'none' });
    await expect(prepare()).rejects.toMatchObject({ type: 'step_definition', nonRetryable: true });
  });

  it('lists results as far as they fit, keeps all in a file, and records its beginning and its end once', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({ name: `${index} ${'x'.repeat(1000)}` }));
    const { store, input, prepare, collect } = await world({ rows });
    const { batchId } = await prepare();
    await store.batches.close(batchId, { outcome: 'completed', reason: null, continuations: 0, now: new Date() });
    const result = await collect();
    expect(result).toMatchObject({ state: 'succeeded', artifacts: [{ name: 'enrich.results.jsonl' }] });
    const kept = await store.artifacts.find(input.job.id, 'enrich.output.json');
    const output: unknown = JSON.parse((await store.artifacts.getContent(kept?.sha256 ?? '')).toString('utf8'));
    expect(output).toMatchObject({ outcome: 'completed', batchId });
    const { results, resultsLeftOut } = z
      .object({ results: z.array(z.unknown()), resultsLeftOut: z.int() })
      .parse(output);
    expect(results.length).toBeGreaterThan(10);
    expect(results.length + resultsLeftOut).toBe(100);
    const file = await store.artifacts.getContent(result.artifacts[0]?.sha256 ?? '');
    expect(file.toString('utf8').trim().split('\n')).toHaveLength(100);
  });
});
