/**
 * Keeps a sandbox started in advance, for runs that come soon after each other: a phase of an experiment after the one before. Each is
 * used once. One that nobody uses within some seconds is ended, so that nothing waits in an idle worker.
 */
import { Socket } from 'node:net';
import { endContained, type ContainedProcess } from './contained-process.ts';
import { SandboxUnavailable } from './sandbox.ts';

export interface WaitingProcesses {
  /** One that waits, or else a new one. Then another is started, to wait for the next run of the same kind. */
  readonly take: (kind: string, start: () => ContainedProcess) => ContainedProcess;
}

interface Waiting {
  readonly kind: string;
  readonly process: ContainedProcess;
  readonly idle: NodeJS.Timeout;
}

export function createWaitingProcesses(idleMilliseconds: number): WaitingProcesses {
  let waiting: Waiting | null = null;
  const drop = (): void => {
    if (waiting === null) return;
    clearTimeout(waiting.idle);
    endContained(waiting.process);
    waiting = null;
  };
  const prepare = (kind: string, start: () => ContainedProcess): void => {
    const process = startIfPossible(start);
    if (process === null) return;
    keepsAlive(process, false);
    const idle = setTimeout(drop, idleMilliseconds).unref();
    waiting = { kind, process, idle };
    process.child.once('close', () => {
      if (waiting?.process !== process) return;
      clearTimeout(idle);
      waiting = null;
    });
  };
  return {
    take(kind, start) {
      const found = waiting?.kind === kind ? waiting : null;
      if (found === null) drop();
      else clearTimeout(found.idle);
      waiting = null;
      const taken = found?.process ?? start();
      if (found !== null) keepsAlive(taken, true);
      prepare(kind, start);
      return taken;
    },
  };
}

/** Null where there is no sandbox: the run that needs one says so. */
export function startIfPossible(start: () => ContainedProcess): ContainedProcess | null {
  try {
    return start();
  } catch (error) {
    if (error instanceof SandboxUnavailable) return null;
    throw error;
  }
}

/** Whether a process and its pipes keep this process from ending. */
export function keepsAlive({ child }: ContainedProcess, keeps: boolean): void {
  const pipes = child.stdio.filter((stream) => stream instanceof Socket);
  for (const handle of [child, ...pipes]) {
    if (keeps) handle.ref();
    else handle.unref();
  }
}
