/**
 * Notices what sandboxes leave behind: all processes below the workers are noted while they run, with the process namespaces that
 * the sandboxes have. At the end none of them may run, nor any other process in such a namespace.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { descendantsOf } from '../../activities/sandbox/process-tree.ts';

const sampleMilliseconds = 100;
const mostProcesses = 500;

export interface ProcessWatch {
  /** How many processes run below this one. */
  readonly runningBelow: (pid: number) => number;
  /** Command lines of noted processes that still run, and of others in their namespaces. */
  readonly left: () => readonly string[];
  readonly stop: () => void;
}

/** `worker` tells the process id of the worker at this moment, which changes. */
export function watchProcesses(worker: () => number | undefined): ProcessWatch {
  const own = namespaceOf('self');
  const noted = new Map<number, string>();
  /** When each was seen last, in the clock of `startOf`. */
  const namespaces = new Map<string, number>();
  const note = (pid: number): readonly number[] => {
    const below = descendantsOf(pid, mostProcesses);
    for (const one of below) {
      noted.set(one, startOf(one));
      const namespace = namespaceOf(one);
      if (namespace !== '' && namespace !== own) namespaces.set(namespace, ticksSinceBoot());
    }
    return below;
  };
  const timer = setInterval(() => {
    const pid = worker();
    if (pid !== undefined) note(pid);
  }, sampleMilliseconds);
  return {
    runningBelow: (pid) => note(pid).length,
    left: () =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => {
          const start = startOf(pid);
          if (start === '') return false;
          // The kernel gives the number of a namespace that has ended to a new one, perhaps of somebody else's sandbox.
          const seen = namespaces.get(namespaceOf(pid));
          return noted.get(pid) === start || (seen !== undefined && Number(start) <= seen);
        })
        .map(commandOf),
    stop: () => clearInterval(timer),
  };
}

/** The time of its start, which tells it from another process with its number. Empty for one that has ended. */
function startOf(pid: number): string {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
}

/** `USER_HZ`, which is 100 wherever Node runs on Linux. */
function ticksSinceBoot(): number {
  return Number(attempt(() => readFileSync('/proc/uptime', 'utf8')).split(' ')[0]) * 100;
}

function namespaceOf(pid: number | 'self'): string {
  return attempt(() => readlinkSync(`/proc/${pid}/ns/pid`));
}

function commandOf(pid: number): string {
  return `${pid} ${attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')}`;
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
