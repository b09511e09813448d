/**
 * Takes downloads out of the browser's quarantine: each is typed by its content, kept as an artifact of the step, and
 * never opened. Repeated after a crash, it keeps the same files under the same names.
 */
import type { Artifacts } from '../../../store/artifacts/artifacts.ts';
import type { ArtifactReference } from '../../../workflows/contract/jobs/job.ts';
import { downloadLimits } from '../../../workflows/contract/lead-magnets/step-files.ts';
import type { ComputerDownloads, Download } from '../../ports.ts';
import { sizeText } from '../loop/file-function.ts';
import type { KeptDownload } from '../loop/checkpoint.ts';
import { downloadPrefix } from './offered.ts';
import { safeFileName } from './safe-name.ts';
import { typeOf } from './detect-in-thread.ts';

export interface TakeRequest {
  readonly downloads: ComputerDownloads;
  readonly artifacts: Pick<Artifacts, 'put'>;
  readonly jobId: string;
  readonly stepId: string;
  /** The files that the step has kept so far. */
  readonly known: readonly KeptDownload[];
  readonly waitMilliseconds: number;
  readonly signal: AbortSignal;
}

export interface Taken {
  readonly kept: readonly KeptDownload[];
  /** Notes for the model. */
  readonly notes: readonly string[];
  /** Downloads that may be dropped from the browser once the checkpoint lists the kept files. */
  readonly drop: readonly string[];
}

export async function takeDownloads(request: TakeRequest): Promise<Taken> {
  const { downloads, known, waitMilliseconds, signal } = request;
  const { finished, running } = await downloads.list(waitMilliseconds, signal);
  const kept: KeptDownload[] = [];
  const notes = running.map(({ name, bytes }) => {
    return `The download ${safeFileName(name)} is still under way, with ${sizeText(bytes)} so far.`;
  });
  for (const file of finished) {
    const before = [...known, ...kept];
    // An earlier attempt kept it and died before it could drop it.
    if (before.some(({ id }) => id === file.id)) continue;
    const name = safeFileName(file.name);
    const problem = limitProblem(before, file);
    if (problem !== null) notes.push(`The download ${name} was not kept: ${problem}.`);
    else {
      const { download, type } = await keep(request, file, name, before.length + 1);
      kept.push(download);
      notes.push(`The download ${name} (${type.label}, ${sizeText(download.bytes)}) was kept.`);
    }
  }
  return { kept, notes, drop: finished.map(({ id }) => id) };
}

/** The kept artifacts, as artifacts of the step. */
export async function keptArtifacts(
  artifacts: Pick<Artifacts, 'find'>,
  jobId: string,
  kept: readonly KeptDownload[],
): Promise<readonly ArtifactReference[]> {
  const found = await Promise.all(kept.map(({ name }) => artifacts.find(jobId, name)));
  return found.filter((artifact) => artifact !== null);
}

async function keep(
  { downloads, artifacts, jobId, stepId, signal }: TakeRequest,
  file: Download,
  name: string,
  number: number,
) {
  const content = await downloads.read(file.id, signal);
  const type = await typeOf(content, signal);
  const artifact = await artifacts.put({
    jobId,
    stepId,
    name: `${downloadPrefix(stepId)}${String(number).padStart(4, '0')}.${name}`,
    mediaType: type.mediaType,
    content,
    deliverable: false,
  });
  return { download: { id: file.id, name: artifact.name, bytes: artifact.bytes }, type };
}

/** Each browser enforces the limits for itself; here they apply to all browsers of the step together. */
function limitProblem(before: readonly KeptDownload[], { bytes }: Download): string | null {
  const { files, fileBytes, bytes: all } = downloadLimits;
  if (before.length >= files) return `a step keeps ${files} downloads at most`;
  if (bytes > fileBytes) return `it is larger than ${fileBytes / 2 ** 20} MiB`;
  const sum = before.reduce((total, file) => total + file.bytes, bytes);
  return sum > all ? `all downloads together are larger than ${all / 2 ** 20} MiB` : null;
}
