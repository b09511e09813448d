/** The two activities of a batch step: one stores a list as a batch, the other turns an ended batch into the step's output. */
import { counted } from '../../workflows/contract/counted.ts';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Store } from '../../store/store.ts';
import {
  BatchDefinitionSchema,
  BatchItemInputSchema,
  type BatchDefinition,
  type BatchItemInput,
  type BatchItemView,
} from '../../workflows/contract/batches/schema.ts';
import {
  inlineOutputBytes,
  type BatchStepActivities,
  type StepActivityInput,
  type StepBatch,
} from '../../workflows/contract/jobs/job.ts';
import { isJsonObject, type JsonValue } from '../../workflows/contract/json/json.ts';
import type { BatchStep } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { batchResultsName, stepBatchId } from '../../workflows/contract/names.ts';
import { fillJson, templateNames } from '../../workflows/contract/lead-magnets/template.ts';
import { addUsage, noUsage, type Usage } from '../../workflows/contract/usage.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';
import { recordedBeginning, recordedStep, type StepOutcome } from '../records/recorded.ts';
import { keepOutput, templateData, type TemplateSource } from '../step-data.ts';
import { stepEnd } from './batch-step-end.ts';
import { cutText } from '../../workflows/contract/cut-text.ts';

export interface BatchStepDependencies {
  readonly store: Store;
  readonly defaultModel: string;
}

/** Largest output of an earlier step that is loaded into memory to find the list in it: about 100,000 small items. */
const largestListBytes = 32 * 2 ** 20;
/** An import stops this long before its attempt times out, so that it never writes at the same time as the next attempt. */
const importMarginMilliseconds = 30_000;

export function createBatchStep(dependencies: BatchStepDependencies): BatchStepActivities {
  const { store } = dependencies;
  return {
    prepareBatchStep: recordedBeginning(store, 'batch', (input) => prepare(dependencies, input)),
    collectBatchStep: recordedStep(store, 'batch', (input, record) => collect(store, input, record)),
  };
}

async function prepare(
  { store, defaultModel }: BatchStepDependencies,
  input: StepActivityInput<BatchStep>,
): Promise<StepBatch> {
  const { job, step, generation } = input;
  const batchId = stepBatchId(job.id, step.id, generation);
  const known = await store.batches.find(batchId);
  if (known !== null && known.state !== 'importing') return stepBatch(batchId, known.definition);
  const source = listSource(input);
  const items = itemsOf(step, fillJson(step.items, await templateData(store.artifacts, source)));
  const definition = definitionOf(input, defaultModel);
  // An attempt that died may have left part of the list: it is deleted and the import starts again.
  if (known !== null) await store.batches.remove(batchId);
  await store.batches.create({ id: batchId, definition, now: new Date() });
  await store.batchItems.import(batchId, inTime(items));
  const sealed = await store.batches.seal(batchId);
  if (sealed !== items.length) throw new Error(`${counted(sealed, 'item is', 'items are')} stored of ${items.length}`);
  const message = `${counted(sealed, 'item')} of the step ${step.id} of ${job.id}`;
  await store.events.append({ jobId: batchId, type: 'batch.queued', message });
  return stepBatch(batchId, definition);
}

function stepBatch(batchId: string, { name, model, limits }: BatchDefinition): StepBatch {
  return { batchId, limits, summary: `${name}, ${model}` };
}

function definitionOf({ job, step }: StepActivityInput<BatchStep>, defaultModel: string): BatchDefinition {
  return BatchDefinitionSchema.parse({
    name: cutText(`${job.leadMagnet}: ${step.title ?? step.id}`, 120),
    model: step.model ?? defaultModel,
    prompt: step.prompt,
    mode: step.mode,
    outputSchema: step.output?.schema ?? null,
    maxOutputTokens: step.maxOutputTokens,
    limits: { parallel: step.parallel, capUsd: step.cap, capPerHourUsd: step.cap },
  });
}

/** Loads only the output that has the list, and refuses one that is too large for a worker's memory. */
function listSource(input: StepActivityInput<BatchStep>): TemplateSource {
  const { job, form, outputs, step } = input;
  const from = templateNames(step.items).names[0]?.path.split('.')[1] ?? '';
  const output = outputs[from] ?? null;
  if (output?.kind === 'artifact' && output.bytes > largestListBytes) {
    const [has, most] = [output.bytes, largestListBytes].map((bytes) => `${Math.ceil(bytes / 2 ** 20)} MiB`);
    const message = `the output of ${from} has ${has}, and a batch step takes a list out of at most ${most}: send longer lists to a batch of its own (lodestone batch submit)`;
    throw ApplicationFailure.nonRetryable(message, 'step_definition');
  }
  return { job, form, outputs: { [from]: output } };
}

function itemsOf(step: BatchStep, value: JsonValue): readonly BatchItemInput[] {
  if (Array.isArray(value))
    return value.map((item: JsonValue) => BatchItemInputSchema.parse(isJsonObject(item) ? item : { value: item }));
  // The earlier step may have been skipped, or its output may not match its schema.
  throw ApplicationFailure.nonRetryable(`${step.items.trim()} is not a list`, 'step_definition');
}

function* inTime(items: readonly BatchItemInput[]): Generator<BatchItemInput> {
  const { startToCloseTimeoutMs } = Context.current().info;
  const until = Date.now() + Math.max(startToCloseTimeoutMs - importMarginMilliseconds, startToCloseTimeoutMs / 2);
  for (const item of items) {
    if (Date.now() > until) throw new Error('the items were not stored within the attempt');
    yield item;
  }
}

async function collect(
  store: Store,
  { job, step, generation }: StepActivityInput<BatchStep>,
  { later }: AttemptRecord,
): Promise<StepOutcome> {
  const batchId = stepBatchId(job.id, step.id, generation);
  const batch = await store.batches.find(batchId);
  if (batch === null) throw new Error(`there is no batch ${batchId}`);
  const results = new Results();
  const file = await store.artifacts.put({
    jobId: job.id,
    stepId: step.id,
    name: batchResultsName(step.id),
    mediaType: 'application/jsonl',
    content: results.lines(store.batchItems.export(batchId)),
    deliverable: true,
  });
  const { outcome, counts, spentUsd: costUsd } = batch;
  const { listed, leftOut: resultsLeftOut } = results;
  const value = { outcome, batchId, costUsd, counts, results: listed, resultsLeftOut };
  const output = await keepOutput(store.artifacts, { jobId: job.id, stepId: step.id, value }, later);
  const usage = { ...results.usage, costUsd };
  return {
    ...stepEnd(batch, step.onItemFailure),
    output,
    artifacts: [file],
    usage,
    iterations: 0,
    recoveryLevel: null,
  };
}

/** What is collected for the step's output while the results are written to their file, line by line. */
class Results {
  /** The first results, as many as fit into an output that is passed by value. */
  readonly listed: JsonValue[] = [];
  leftOut = 0;
  usage: Usage = noUsage;
  private bytes = 0;

  async *lines(items: AsyncIterable<BatchItemView>): AsyncGenerator<Uint8Array> {
    for await (const view of items) {
      this.take(view);
      yield Buffer.from(`${JSON.stringify(view)}\n`);
    }
  }

  private take(view: BatchItemView): void {
    const { position, status, item, output, error, attempts, inputTokens, cachedInputTokens, outputTokens } = view;
    const tokens = { inputTokens, cachedInputTokens, outputTokens };
    this.usage = addUsage(this.usage, { modelCalls: attempts, ...tokens, costUsd: 0 });
    const result = { position, status, item, output, error };
    this.bytes += Buffer.byteLength(JSON.stringify(result));
    if (this.bytes <= inlineOutputBytes) this.listed.push(result);
    else this.leftOut += 1;
  }
}
