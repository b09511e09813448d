/** One life of a part's process: from its start until its death, and how it died. */
import { refusedSettingsCode, unreachableCode } from '../../../workflows/contract/settings.ts';
import { NotReadyInTime, type Child, type ChildEnd } from '../child.ts';
import { untilSilent, type Pace, type Question } from './health.ts';

export interface Death {
  /** A signal comes from outside; refused settings will be refused again; without Temporal no worker starts. */
  readonly kind: 'by_itself' | 'by_signal' | 'refused_settings' | 'without_temporal';
  /** The end of a sentence that begins with the part's name. */
  readonly reason: string;
  /** The last lines of its standard error. */
  readonly output: string;
}

export interface Watch {
  readonly pace: Pace;
  /** A check in addition to the event loop of its process. */
  readonly answers: Question | undefined;
  readonly onReady: () => void;
}

/** The death of a process that could not be started. */
export function notStarted(error: unknown): Death {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'by_itself', reason: `could not be started: ${message}`, output: '' };
}

/** Watches a process until it has ended. A process that was ready and no longer answers is killed. */
export async function lifeOf(child: Child, { pace, answers, onReady }: Watch): Promise<Death> {
  const over = new AbortController();
  let fellSilent = false;
  const ask: Question = async (signal) => {
    const both = await Promise.all([child.answers(signal), answers?.(signal) ?? true]);
    return both.every(Boolean);
  };
  const watch = async (): Promise<void> => {
    await child.ready;
    onReady();
    await untilSilent(ask, pace, over.signal);
    fellSilent = true;
    await child.kill();
  };
  const watching = watch().catch((error: unknown) => error);
  const end = await child.ended;
  over.abort();
  const output = child.lastOutput();
  if (fellSilent) {
    const seconds = (pace.everyMilliseconds * pace.mostUnanswered) / 1000;
    return { kind: 'by_signal', reason: `did not answer for ${seconds} s and was killed`, output };
  }
  if ((await watching) instanceof NotReadyInTime) {
    return { kind: 'by_itself', reason: 'was not ready in time and was killed', output };
  }
  return deathOf(end, output);
}

function deathOf({ code, signal, spawnError }: ChildEnd, output: string): Death {
  if (spawnError !== null) return notStarted(spawnError);
  if (signal !== null) return { kind: 'by_signal', reason: `was killed by ${signal}`, output };
  return { kind: kindOf(code), reason: `ended with exit code ${code ?? 'unknown'}`, output };
}

function kindOf(code: number | null): Death['kind'] {
  if (code === refusedSettingsCode) return 'refused_settings';
  return code === unreachableCode ? 'without_temporal' : 'by_itself';
}
