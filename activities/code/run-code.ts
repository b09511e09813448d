/**
 * The code step: runs the author's source in a sandbox with the values and files that it was given, and keeps its value, its
 * files and what it printed. A problem of the code is how the step ends, not an error: running it again would not help.
 */
import type { Store } from '../../store/store.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { ArtifactReference, OutputReference, StepActivityInput } from '../../workflows/contract/jobs/job.ts';
import type { JsonValue } from '../../workflows/contract/json/json.ts';
import type { CodeStep } from '../../workflows/contract/lead-magnets/code-step.ts';
import { fillJson } from '../../workflows/contract/lead-magnets/template.ts';
import { noUsage } from '../../workflows/contract/usage.ts';
import { failure } from '../failure.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { createOutputReader } from '../output-schema.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';
import { recordedStep, type StepActivity, type StepOutcome } from '../records/recorded.ts';
import {
  SandboxUnavailable,
  type CodeProblem,
  type CodeRequest,
  type CodeResult,
  type RunCode,
} from '../sandbox/sandbox.ts';
import type { Sandboxes } from '../sandbox/sandboxes.ts';
import { measured, noteRunMemory } from '../runs/run-meter.ts';
import { keepOutput, templateData } from '../step-data.ts';
import { inputFiles } from './input-files.ts';
import { keepFiles, keepLog, type Keeping } from './kept-files.ts';
import { limitsOf, mostInputCharacters } from './limits.ts';

export interface CodeDependencies {
  readonly store: Store;
  readonly sandboxes: Pick<Sandboxes, CodeStep['language']>;
}

export function createRunCode(dependencies: CodeDependencies): StepActivity {
  return recordedStep(dependencies.store, 'code', (input, record) => runCode(dependencies, input, record));
}

async function runCode(
  { store, sandboxes }: CodeDependencies,
  input: StepActivityInput<CodeStep>,
  { later }: AttemptRecord,
): Promise<StepOutcome> {
  const { job, step, generation } = input;
  const inputs = await filledInputs(store, input);
  return withHeartbeat({ key: `${job.id}/${step.id}/${generation}` }, async (_beat, signal) => {
    const files = await inputFiles(store.artifacts, input);
    const limits = limitsOf(step, files);
    const request = { source: step.source, inputs, files, limits, signal };
    const result = await measured('sandbox', () => contained(sandboxes[step.language], request));
    noteRunMemory(result.peakBytes);
    const keeping: Keeping = { artifacts: store.artifacts, jobId: job.id, stepId: step.id, later, signal };
    const log = await keepLog(keeping, result);
    if (!result.contained) {
      const message = 'the code ran without a sandbox, as LODESTONE_SANDBOX=unsafe says';
      later((parts) =>
        parts.events.append({ jobId: job.id, type: 'code.uncontained', message, data: { step: step.id } }),
      );
    }
    if ('problem' in result.outcome) return ended(problemReason(step, result.outcome.problem), null, log);
    const { value, files: written } = result.outcome;
    const kept = await keepFiles(keeping, written);
    const output = await keepOutput(store.artifacts, { jobId: job.id, stepId: step.id, value }, later);
    const misfit = 'problem' in kept ? kept.problem : await misfitOf(step, value, job.leadMagnet, signal);
    return ended(misfit === null ? null : { type: 'code', message: misfit }, output, [
      ...('problem' in kept ? [] : kept.artifacts),
      ...log,
    ]);
  });
}

/** No secret is among the data, so none reaches code. */
async function filledInputs({ artifacts }: Store, input: StepActivityInput<CodeStep>): Promise<JsonValue> {
  const inputs = fillJson(input.step.inputs, await templateData(artifacts, input));
  if (JSON.stringify(inputs).length <= mostInputCharacters) return inputs;
  throw failure('step_definition', `the inputs of the code have more than ${mostInputCharacters} characters`);
}

async function contained(run: RunCode, request: CodeRequest): Promise<CodeResult> {
  try {
    return await run(request);
  } catch (error) {
    if (!(error instanceof SandboxUnavailable)) throw error;
    const how = 'run npm run doctor on the machine of this worker; docs/sandbox.md says what it needs';
    throw failure('sandbox', `${error.message}; ${how}`, { cause: error });
  }
}

/** A sentence that says why the value is not what the step promises; null when it is. */
async function misfitOf(step: CodeStep, value: JsonValue, owner: string, signal: AbortSignal): Promise<string | null> {
  if (step.output === undefined) return null;
  const read = await createOutputReader(step.output.schema, { owner, signal });
  const reading = await read(JSON.stringify(value), signal);
  if (reading.ok) return null;
  if (reading.isUnjudged === true)
    throw failure('step_definition', `the value of the code was not judged: ${reading.problem}`);
  return `the value of main(inputs) does not fit the schema: ${reading.problem}`;
}

function problemReason({ sandbox }: CodeStep, { type, message, line }: CodeProblem): Reason {
  const where = line === null || message.includes(`line ${line}`) ? '' : ` (line ${line})`;
  // The languages' own words for it name no limit.
  const what =
    type === 'memory_limit' ? `the code took more than its ${sandbox.memoryMebibytes} MiB of memory` : message;
  return { type: type === 'time_limit' ? 'time_limit' : 'code', message: `${what}${where}` };
}

function ended(
  reason: Reason | null,
  output: OutputReference | null,
  artifacts: readonly ArtifactReference[],
): StepOutcome {
  const state = reason === null ? 'succeeded' : reason.type === 'time_limit' ? 'timed_out' : 'failed';
  return { state, reason, output, artifacts, usage: noUsage, iterations: 0, recoveryLevel: null };
}
