/** The data for a step's templates, and the storage of outputs: inline when small, by reference otherwise. */
import type { Artifacts } from '../store/artifacts/artifacts.ts';
import { inlineOutputBytes, type JobReference, type OutputReference } from '../workflows/contract/jobs/job.ts';
import type { FormValues } from '../workflows/contract/lead-magnets/form.ts';
import type { JsonObject, JsonValue } from '../workflows/contract/json/json.ts';
import { readJson } from '../workflows/contract/json/json-text.ts';
import { outputName } from '../workflows/contract/names.ts';
import type { AttemptRecord } from './records/attempt-record.ts';
import type { StepActivityInput } from '../workflows/contract/jobs/job.ts';

/** The part of an activity's input that templates use. */
export type TemplateSource = Pick<StepActivityInput, 'job' | 'form' | 'outputs'>;

/** The data for templates: `form`, `job`, `leadMagnet` and `steps.<id>.output`; an absent output is left out. */
export async function templateData(artifacts: Artifacts, source: TemplateSource): Promise<JsonObject> {
  const steps: Record<string, JsonValue> = {};
  for (const [id, reference] of Object.entries(source.outputs)) {
    if (reference !== null) steps[id] = { output: await readOutput(artifacts, reference) };
  }
  return { form: formData(source.form), steps, job: jobData(source.job), leadMagnet: leadMagnetData(source.job) };
}

function formData(form: FormValues): JsonObject {
  return { ...form };
}

function jobData(job: JobReference): JsonObject {
  return { id: job.id, url: job.url ?? '', submittedAt: job.submittedAt };
}

function leadMagnetData(job: JobReference): JsonObject {
  return { slug: job.leadMagnet, name: job.leadMagnetName, version: job.version };
}

async function readOutput(artifacts: Artifacts, reference: OutputReference): Promise<JsonValue> {
  if (reference.kind === 'inline') return reference.value;
  const content = await artifacts.getContent(reference.sha256);
  return readJson(content.toString('utf8'));
}

/**
 * Stores a step's output as an artifact, `<step>.output.json`, recorded `later` with others; returns it inline or by
 * reference.
 */
export async function keepOutput(
  artifacts: Artifacts,
  input: NewOutput,
  later: AttemptRecord['later'],
): Promise<OutputReference> {
  return (await storeOutput(artifacts, input, later)).output;
}

interface NewOutput {
  readonly jobId: string;
  readonly stepId: string;
  readonly value: JsonValue;
}

/** The same, and returns the hash of the content, too. */
export async function storeOutput(
  artifacts: Artifacts,
  input: NewOutput,
  later: AttemptRecord['later'],
): Promise<{ readonly output: OutputReference; readonly sha256: string }> {
  const content = Buffer.from(JSON.stringify(input.value, null, 2));
  const { sha256, bytes } = await artifacts.putContent(content);
  const { jobId, stepId } = input;
  const name = outputName(stepId);
  const named = { jobId, stepId, name, mediaType: 'application/json', sha256, bytes, deliverable: false };
  later((parts) => parts.artifacts.name(named));
  const isSmall = bytes <= inlineOutputBytes;
  return { output: isSmall ? { kind: 'inline', value: input.value } : { kind: 'artifact', sha256, bytes }, sha256 };
}
