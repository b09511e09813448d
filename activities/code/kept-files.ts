/** Keeps what code wrote and printed as artifacts of its job: typed by content, named safely, recorded with the step's end. */
import type { Artifacts } from '../../store/artifacts/artifacts.ts';
import type { ArtifactReference } from '../../workflows/contract/jobs/job.ts';
import { codeFileName, codeLogName, outputName } from '../../workflows/contract/names.ts';
import { typeOf } from '../computer-use/files/detect-in-thread.ts';
import { safeFileName } from '../computer-use/files/safe-name.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';
import type { CodeResult, SandboxFile } from '../sandbox/sandbox.ts';

export interface Keeping {
  readonly artifacts: Artifacts;
  readonly jobId: string;
  readonly stepId: string;
  readonly later: AttemptRecord['later'];
  readonly signal: AbortSignal;
}

type Kept = { readonly artifacts: readonly ArtifactReference[] } | { readonly problem: string };

export async function keepFiles(keeping: Keeping, files: readonly SandboxFile[]): Promise<Kept> {
  const { stepId, signal } = keeping;
  const taken = new Set([outputName(stepId), codeLogName(stepId)]);
  const kept: ArtifactReference[] = [];
  for (const file of files) {
    const name = codeFileName(stepId, safeFileName(file.name));
    if (taken.has(name)) return { problem: `a written file cannot be called ${file.name}: ${name} is another file` };
    taken.add(name);
    const { mediaType } = await typeOf(file.bytes, signal);
    kept.push(await keep(keeping, { name, mediaType, deliverable: true }, file.bytes));
  }
  return { artifacts: kept };
}

/** What code printed, also when it failed; nothing when it was silent. */
export async function keepLog(
  keeping: Keeping,
  { stdout, stderr }: Pick<CodeResult, 'stdout' | 'stderr'>,
): Promise<readonly ArtifactReference[]> {
  const text = [stdout, stderr === '' ? '' : `--- standard error ---\n${stderr}`]
    .filter((part) => part !== '')
    .join('\n');
  if (text === '') return [];
  const named = { name: codeLogName(keeping.stepId), mediaType: 'text/plain; charset=utf-8', deliverable: false };
  return [await keep(keeping, named, Buffer.from(text))];
}

async function keep(
  { artifacts, jobId, stepId, later }: Keeping,
  named: { readonly name: string; readonly mediaType: string; readonly deliverable: boolean },
  content: Uint8Array,
): Promise<ArtifactReference> {
  const { sha256, bytes } = await artifacts.putContent(content);
  later((parts) => parts.artifacts.name({ jobId, stepId, ...named, sha256, bytes }));
  return { name: named.name, mediaType: named.mediaType, bytes, sha256 };
}
