/** Reads the files that code finds in its folder `in`, under the names by which the step refers to them. */
import type { Artifacts } from '../../store/artifacts/artifacts.ts';
import type { StepActivityInput } from '../../workflows/contract/jobs/job.ts';
import type { CodeStep } from '../../workflows/contract/lead-magnets/code-step.ts';
import { offeredFilesLimits } from '../../workflows/contract/lead-magnets/step-files.ts';
import { artifactsOf } from '../computer-use/files/offered.ts';
import { failure } from '../failure.ts';
import type { SandboxFile } from '../sandbox/sandbox.ts';

/** An empty field or a skipped step has no file. Throws `step_definition` when there are too many files, or too large ones. */
export async function inputFiles(
  artifacts: Pick<Artifacts, 'find' | 'ofStep' | 'getContent'>,
  { job, step, form }: Pick<StepActivityInput<CodeStep>, 'job' | 'step' | 'form'>,
): Promise<readonly SandboxFile[]> {
  const found: { readonly name: string; readonly bytes: number; readonly sha256: string }[] = [];
  for (const reference of step.files ?? []) {
    for (const artifact of await artifactsOf(artifacts, job.id, form, reference)) {
      // A visitor's name for an upload is not known to the code's author; the reference is.
      const isUpload = reference.startsWith('form.');
      found.push({ ...artifact, name: isUpload ? reference : artifact.name });
    }
  }
  const { files, bytes } = offeredFilesLimits;
  const sum = found.reduce((total, file) => total + file.bytes, 0);
  if (found.length > files || sum > bytes) {
    const limit = `${files} files of ${bytes / 2 ** 20} MiB together`;
    throw failure('step_definition', `the code is given ${found.length} files of ${sum} bytes, above ${limit}`);
  }
  const read: SandboxFile[] = [];
  for (const { name, sha256 } of found) read.push({ name, bytes: await artifacts.getContent(sha256) });
  return read;
}
