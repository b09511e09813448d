/** Takes in the files of a tool request within the limits of size; every problem is reported, and nothing is kept then. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FileRefusal, imageTypeOf, sentBytes } from '../../../workflows/contract/tools/file-content.ts';
import type { ImageType, SentFile } from '../../../workflows/contract/tools/files.ts';
import { ProblemError } from '../http/problem.ts';
import { readBelow } from './path-files.ts';

export interface IntakeFile {
  readonly name: string;
  readonly content: Uint8Array;
  /** Null for text. */
  readonly imageType: ImageType | null;
}

export interface FileLimits {
  /** Folders below which files are read by path. */
  readonly roots: readonly string[];
  readonly fileBytes: number;
  readonly requestBytes: number;
}

/** What a body with such files may have: text as JSON is longer, and other fields come beside. */
export function toolBodyBytes({ requestBytes }: FileLimits): number {
  return Math.ceil(requestBytes * 1.5) + 2 ** 20;
}

interface SentFiles {
  readonly files?: readonly SentFile[] | undefined;
  readonly paths?: readonly string[] | undefined;
}

interface Problem {
  readonly path: string;
  readonly message: string;
}

/**
 * Throws `ProblemError` with a problem for each file that is refused. `whyNotLocal` tells why the caller may name no file by its
 * path; null for one that may.
 */
export async function takeFiles(
  limits: FileLimits,
  { files = [], paths = [] }: SentFiles,
  whyNotLocal: string | null,
): Promise<readonly IntakeFile[]> {
  const problems: Problem[] = [];
  const taken: IntakeFile[] = [];
  let bytes = 0;
  const take = async (path: string, name: string, read: () => Promise<Uint8Array>): Promise<void> => {
    try {
      const content = await read();
      bytes += content.length;
      if (bytes > limits.requestBytes) throw new FileRefusal(`is beyond the ${limits.requestBytes} bytes of a request`);
      const imageType = imageTypeOf(content);
      if (taken.some((other) => other.name === name)) throw new FileRefusal(`has the name ${name} of another file`);
      taken.push({ name, content, imageType });
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
      problems.push({ path, message: error.message });
    }
  };
  for (const [index, file] of files.entries()) {
    // A large one takes some milliseconds.
    await nextTurn();
    await take(`files.${index}`, file.name, async () => sentContent(file, limits.fileBytes));
  }
  for (const [index, path] of paths.entries()) {
    await take(`paths.${index}`, path, async () => {
      if (whyNotLocal !== null) {
        throw new FileRefusal(`is read for programs on the same machine only: ${whyNotLocal}; send it in files`);
      }
      return readBelow(limits.roots, path, limits.fileBytes);
    });
  }
  if (problems.length === 0) return taken;
  const detail = problems.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new ProblemError('invalid-tool-input', detail, { problems });
}

function sentContent(file: SentFile, mostBytes: number): Buffer {
  const bytes = sentBytes(file);
  if (bytes.length > mostBytes) throw new FileRefusal(`has ${bytes.length} bytes, more than ${mostBytes}`);
  return bytes;
}
