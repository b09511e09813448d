/** The type of a hostile file's content, detected in a thread. */
import { runInThread, ThreadLimit } from '../../../threads/run-in-thread.ts';
import type detect from './detect.ts';
import type { DetectedType } from './detect.ts';

const detectMilliseconds = 5_000;
const detectModule = new URL('./detect.ts', import.meta.url);

export async function typeOf(content: Uint8Array, signal: AbortSignal): Promise<DetectedType> {
  try {
    return await runInThread<typeof detect>(detectModule, content, { timeoutMilliseconds: detectMilliseconds, signal });
  } catch (error) {
    if (!(error instanceof ThreadLimit)) throw error;
    return { mediaType: 'application/octet-stream', label: 'of no known type' };
  }
}
