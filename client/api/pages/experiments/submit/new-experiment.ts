/** A new experiment as the form sends it: submitted, or ready to be shown again with what is wrong; and the form like another one. */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { NewExperimentSpecSchema, type ExperimentSpec } from '../../../../../workflows/contract/experiments/spec.ts';
import { GeneratedVideoSchema } from '../../../../../workflows/contract/experiments/video.ts';
import type { ExperimentView } from '../../../../../workflows/contract/experiments/view.ts';
import type { ApiDependencies } from '../../../dependencies.ts';
import { noExperiment, submitExperiment } from '../../../experiments/submit-experiment.ts';
import { ProblemError } from '../../../http/problem.ts';
import { readRound } from '../round/round-content.ts';
import { formFields, type FormField, type FormValues, type NewExperimentForm } from './new-experiment-form.ts';

type Problems = NewExperimentForm['problems'];

/** Fields with files are none of this form's. */
const SentSchema = z
  .object({ _key: z.string().min(1).max(100), like: z.string().max(200).optional() })
  .catchall(z.string());

export type Submitted = { readonly id: string } | { readonly again: NewExperimentForm };

/** Submits what the form has. What a person can mend is shown with the form again; everything else is a `ProblemError`. */
export async function submitForm(dependencies: ApiDependencies, sent: unknown): Promise<Submitted> {
  const parsed = SentSchema.safeParse(sent);
  if (!parsed.success) throw new ProblemError('invalid-request', 'the form is not the one of this page');
  const { _key: key, like = null, ...fields } = parsed.data;
  const values = valuesOf(fields);
  const model = like === null ? null : (await find(dependencies, like)).spec;
  const again = (problems: Problems): Submitted => {
    return { again: { values, problems, like, hasUpload: model?.video.kind === 'stored', key } };
  };
  const spec = readSpec(values, model);
  if ('problems' in spec) return again(spec.problems);
  try {
    return { id: await submitExperiment(dependencies, spec.value, keyOf(key, spec.value)) };
  } catch (error) {
    if (!(error instanceof ProblemError) || !error.is('invalid-experiment')) throw error;
    return again(error.problem.problems ?? [{ path: '', message: error.message }]);
  }
}

/** The form with what an experiment was asked for, and with the code of one of its rounds where that is kept. */
export async function formLike(
  dependencies: ApiDependencies,
  id: string,
  roundNumber: number | null,
): Promise<NewExperimentForm> {
  const view = await find(dependencies, id);
  const round = view.roundsMade.find(({ number }) => number === roundNumber);
  const content = round === undefined ? null : await readRound(dependencies.store, round);
  const code = content !== null && content.code !== null && 'value' in content.code ? content.code.value : null;
  const { spec } = view;
  return {
    values: { ...formValues(spec), code: code ?? spec.code ?? '' },
    problems: [],
    like: id,
    hasUpload: spec.video.kind === 'stored',
    key: randomUUID(),
  };
}

async function find({ store }: ApiDependencies, id: string): Promise<ExperimentView> {
  const view = await store.experimentViews.find(id);
  if (view === null) throw noExperiment(id);
  return view;
}

function formValues({ name, goal, rounds, psnrDb, video }: ExperimentSpec): FormValues {
  const numbers = { rounds: String(rounds), psnrDb: String(psnrDb) };
  const words = { name: name ?? '', goal: goal ?? '', ...numbers };
  if (video.kind === 'stored') return words;
  const { pattern, width, height, frames, framesPerSecond, seed } = video;
  const size = { width: String(width), height: String(height), frames: String(frames) };
  return { ...words, ...size, pattern, framesPerSecond: String(framesPerSecond), seed: String(seed) };
}

/** Browsers send lines with a carriage return. */
function valuesOf(fields: Readonly<Record<string, string>>): FormValues {
  return Object.fromEntries(
    formFields.flatMap((name) => {
      const value = fields[name];
      return value === undefined ? [] : [[name, value.replaceAll('\r\n', '\n')]];
    }),
  );
}

type ReadSpec = { readonly value: ExperimentSpec } | { readonly problems: Problems };

/** `model`: the experiment that it shall be like in all that the form does not have. */
function readSpec(values: FormValues, model: ExperimentSpec | null): ReadSpec {
  const text = (name: FormField): string | undefined => (values[name]?.trim() === '' ? undefined : values[name]);
  const number = (name: FormField): number | undefined => (text(name) === undefined ? undefined : Number(text(name)));
  const video =
    model?.video.kind === 'stored'
      ? { success: true as const, data: model.video }
      : GeneratedVideoSchema.safeParse({
          kind: 'generated',
          pattern: text('pattern'),
          width: number('width'),
          height: number('height'),
          frames: number('frames'),
          framesPerSecond: number('framesPerSecond'),
          seed: number('seed'),
        });
  if (!video.success) return { problems: problemsOf(video.error) };
  const spec = NewExperimentSpecSchema.safeParse({
    ...model,
    name: text('name'),
    code: text('code'),
    goal: text('goal'),
    rounds: number('rounds'),
    psnrDb: number('psnrDb'),
    video: video.data,
  });
  return spec.success ? { value: spec.data } : { problems: problemsOf(spec.error) };
}

function problemsOf({ issues }: z.ZodError): Problems {
  return issues.map(({ path, code, message }) => ({
    path: String(path.at(-1) ?? ''),
    message: code === 'invalid_type' ? 'must be a number' : message,
  }));
}

/** A double click sends the same; whoever goes back and changes something wants another experiment. */
function keyOf(key: string, spec: ExperimentSpec): string {
  return createHash('sha256')
    .update(JSON.stringify([key, spec]))
    .digest('hex');
}
