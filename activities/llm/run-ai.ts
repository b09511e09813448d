/**
 * The AI step: the model gets the instructions and the results of earlier steps, and returns text or JSON of the
 * requested shape.
 */
import type { Store } from '../../store/store.ts';
import type { OutputReference, StepActivityInput } from '../../workflows/contract/jobs/job.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { AiStep } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { noUsage, type Usage } from '../../workflows/contract/usage.ts';
import { fillTemplate } from '../../workflows/contract/lead-magnets/template.ts';
import { failure } from '../failure.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { createOutputReader } from '../output-schema.ts';
import type { ModelInput, ModelRequest } from '../ports.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';
import { recordedStep, type StepActivity, type StepOutcome } from '../records/recorded.ts';
import { storeOutput, templateData } from '../step-data.ts';
import { answerCache } from './answer-cache.ts';
import type { createPaidCalls } from './paid-call.ts';

export interface AiDependencies {
  readonly store: Store;
  readonly askOnce: ReturnType<typeof createPaidCalls>;
  readonly defaultModel: string;
  /** Where requests to a model go: answers are kept for that place alone. */
  readonly endpointOf: (model: string) => string;
}

export function createRunAi(dependencies: AiDependencies): StepActivity {
  return recordedStep(dependencies.store, 'ai', (input, record) => runAi(dependencies, input, record));
}

/** An AI step has no budget of seconds; Temporal enforces its attempt's time limit. */
const mayGoOn = async (): Promise<boolean> => true;

/** Answers that may fail the schema before the step fails. */
const maximumTries = 3;

async function runAi(
  { store, askOnce, defaultModel, endpointOf }: AiDependencies,
  input: StepActivityInput<AiStep>,
  record: AttemptRecord,
): Promise<StepOutcome> {
  const { job, step, generation } = input;
  const data = await templateData(store.artifacts, input);
  const schema = step.output?.schema ?? null;
  const request: ModelRequest = {
    model: step.model ?? defaultModel,
    instructions: fillTemplate(step.instructions, data, 'text'),
    input: [{ type: 'text', text: contextOf(data, step.needs) }],
    previousResponseId: null,
    computer: null,
    outputSchema: schema,
    reasoningEffort: step.reasoningEffort ?? null,
    maxOutputTokens: step.maxOutputTokens ?? null,
  };
  const key = `${job.id}/${step.id}/${generation}`;
  const cache = answerCache(store, request, { endpoint: endpointOf(request.model), lifetime: step.cache });
  const output = { jobId: job.id, stepId: step.id };
  return withHeartbeat({ key }, async (_beat, signal) => {
    // Who runs a step again wants another answer.
    const kept = generation === 1 ? ((await cache?.find(`${key}/answer/1`)) ?? null) : null;
    if (kept !== null) {
      await record.change(
        {},
        { type: 'step.cached', message: 'a kept answer to the same request was taken: nothing was paid' },
      );
      const stored = await storeOutput(store.artifacts, { ...output, value: kept.value }, record.later);
      return succeeded(stored.output, noUsage);
    }
    const readOutput = await createOutputReader(schema, { owner: job.leadMagnet, signal });
    let previous: ModelRequest = request;
    for (let attempt = 1; ; attempt += 1) {
      const call = {
        key: `${key}/answer/${attempt}`,
        jobId: job.id,
        stepId: step.id,
        basis: '',
        signal,
        mayGoOn,
        later: record.later,
      };
      const { response } = await askOnce({ ...call, request: previous });
      if (response.refusal !== null) throw failure('model_refusal', `the model declined: ${response.refusal}`);
      if (response.status === 'incomplete') {
        throw failure('model_answer', `the model's answer was cut: ${response.problem?.message ?? 'no reason given'}`);
      }
      const reading = await readOutput(response.text, signal);
      if (reading.ok) {
        const stored = await storeOutput(store.artifacts, { ...output, value: reading.value }, record.later);
        cache?.keep(response, stored.sha256, record.later);
        return succeeded(stored.output, response.usage);
      }
      if (reading.isUnjudged === true) {
        throw failure('step_definition', `the model's answer was not judged: ${reading.problem}`);
      }
      if (attempt >= maximumTries) throw failure('model_answer', `the model's answer does not fit: ${reading.problem}`);
      const text = `Your answer does not fit the schema: ${reading.problem}. Answer again, with JSON alone.`;
      const answer: ModelInput = { type: 'answer', text: response.text };
      previous = {
        ...request,
        previousResponseId: response.isKept === false ? null : response.id,
        earlier: [...(previous.earlier ?? []), ...previous.input, answer],
        input: [{ type: 'text', text }],
      };
    }
  });
}

function succeeded(output: OutputReference, usage: Usage): StepOutcome {
  return { state: 'succeeded', reason: null, output, artifacts: [], usage, iterations: 0, recoveryLevel: null };
}

/** The step's inputs as delimited blocks: data that the instructions refer to. */
function contextOf(data: JsonObject, needs: readonly string[]): string {
  const steps = data['steps'];
  const outputs = needs.flatMap((id) => {
    const found = typeof steps === 'object' && steps !== null && !Array.isArray(steps) ? Object.entries(steps) : [];
    return found.filter(([name]) => name === id).map(([name, step]) => block(`step ${name}`, step));
  });
  return [block('form submission', data['form']), ...outputs].join('\n\n');
}

function block(title: string, value: unknown): string {
  return `=== ${title} ===\n${JSON.stringify(value, null, 2)}`;
}
