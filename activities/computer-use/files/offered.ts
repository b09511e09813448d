/**
 * Finds the files that a computer-use step offers to pages, by the references in its definition. A missing file (an
 * empty field, a skipped step) is not offered; one that is too large fails the step.
 */
import type { Artifacts } from '../../../store/artifacts/artifacts.ts';
import type { ArtifactReference, StepActivityInput } from '../../../workflows/contract/jobs/job.ts';
import type { ComputerUseStep } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { offeredFilesLimits } from '../../../workflows/contract/lead-magnets/step-files.ts';
import { failure } from '../../failure.ts';
import { ActionProblem } from '../actions.ts';
import type { OfferedFile } from '../loop/file-function.ts';
import type { OfferedContent } from '../../ports.ts';
import { cutText } from '../../../workflows/contract/cut-text.ts';

/** An artifact, with the name that pages see. */
export interface OfferedArtifact extends OfferedFile {
  readonly sha256: string;
}

/** Throws `step_definition` when there are too many files or they are too large. */
export async function offeredFiles(
  artifacts: Pick<Artifacts, 'find' | 'ofStep'>,
  { job, step, form }: Pick<StepActivityInput<ComputerUseStep>, 'job' | 'step' | 'form'>,
): Promise<readonly OfferedArtifact[]> {
  const found: OfferedArtifact[] = [];
  const names = new Set<string>();
  for (const reference of step.files ?? []) {
    for (const artifact of await artifactsOf(artifacts, job.id, form, reference)) {
      const name = unusedName(ownName(artifact.name, reference), names);
      names.add(name);
      found.push({ ...artifact, name });
    }
  }
  checkSizes(found);
  return found;
}

/** Copies named files to the browser's host. Throws `ActionProblem` for a name that is not offered. */
export async function provideFiles(
  artifacts: Pick<Artifacts, 'getContent'>,
  offered: readonly OfferedArtifact[],
  names: readonly string[],
  put: (file: OfferedContent) => Promise<void>,
): Promise<void> {
  for (const name of names) {
    const file = offered.find((candidate) => candidate.name === name);
    if (file === undefined) {
      const known = offered.length === 0 ? 'there are none' : `there are: ${offered.map((one) => one.name).join(', ')}`;
      throw new ActionProblem(`no file ${cutText(name, 100)} is offered; ${known}`);
    }
    await put({ name, content: await artifacts.getContent(file.sha256) });
  }
}

/** The files of a job that a step refers to by one reference; none for an empty field or a skipped step. */
export async function artifactsOf(
  artifacts: Pick<Artifacts, 'find' | 'ofStep'>,
  jobId: string,
  form: StepActivityInput['form'],
  reference: string,
): Promise<readonly ArtifactReference[]> {
  const downloads = /^(.+)\.downloads$/.exec(reference)?.[1];
  if (downloads !== undefined) return artifacts.ofStep(jobId, downloads, downloadPrefix(downloads));
  const field = /^form\.([^.]+)$/.exec(reference)?.[1];
  const value = field === undefined ? undefined : form[field];
  // Only a file field's value is the name of an artifact; any other field's value is free text of a visitor.
  const isUpload = typeof value === 'string' && value.startsWith(`${reference}.`);
  const found = await artifacts.find(jobId, isUpload ? value : reference);
  return found === null ? [] : [found];
}

/** Prefix of a step's downloads among the artifacts of its job. */
export function downloadPrefix(stepId: string): string {
  return `${stepId}.download-`;
}

/** The file's own name, without the prefix that distinguishes it from the job's other artifacts. */
function ownName(name: string, reference: string): string {
  const own = name
    .replace(reference.startsWith('form.') ? `${reference}.` : '', '')
    .replace(/^[^.]+\.download-\d+\./, '');
  return own === '' ? name : own;
}

function unusedName(name: string, used: ReadonlySet<string>): string {
  if (!used.has(name)) return name;
  const dot = name.lastIndexOf('.');
  const [base, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let number = 2; ; number += 1) {
    const candidate = `${base}-${number}${ending}`;
    if (!used.has(candidate)) return candidate;
  }
}

function checkSizes(files: readonly OfferedFile[]): void {
  const limits = offeredFilesLimits;
  const large = files.find(({ bytes }) => bytes > limits.fileBytes);
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const problem =
    large !== undefined
      ? `${large.name} has ${large.bytes} bytes, above ${limits.fileBytes}`
      : files.length > limits.files
        ? `it offers ${files.length} files, above ${limits.files}`
        : all > limits.bytes
          ? `its files have ${all} bytes together, above ${limits.bytes}`
          : null;
  if (problem !== null) throw failure('step_definition', `the files of the step are too large: ${problem}`);
}
