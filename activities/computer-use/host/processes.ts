/**
 * Reads the processes of this machine, from /proc where it exists and otherwise from `ps`. A process is identified by
 * its id and its start time, because ids are reused; nothing is killed by its id alone.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its start time, in the system's own format; only for comparison. */
  readonly started: string;
  readonly residentBytes: number;
  readonly command: string;
}

const pageBytes = 4096;

export async function listProcesses(): Promise<readonly Process[]> {
  const names = await readdir('/proc').catch(() => null);
  if (names === null) return listByPs();
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => fromProc(Number(name))));
  return found.filter((process) => process !== null);
}

/** The process with an id, or null when there is none. A zombie counts as none. */
export async function findProcess(pid: number): Promise<Process | null> {
  const found = await fromProc(pid);
  if (found !== null || process.platform === 'linux') return found;
  return (await listByPs()).find((other) => other.pid === pid) ?? null;
}

/** Kills exactly the process that was seen, not another one that has reused its id. Returns whether it still ran. */
export async function killProcess(
  { pid, started }: Pick<Process, 'pid' | 'started'>,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<boolean> {
  const found = await findProcess(pid);
  if (found === null || found.started !== started) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** A process and all its descendants. */
export function treeOf(pid: number, processes: readonly Process[]): readonly Process[] {
  const children = processes.filter(({ parent }) => parent === pid);
  const own = processes.filter((process) => process.pid === pid);
  return [...own, ...children.flatMap((child) => treeOf(child.pid, processes))];
}

/** Identifies the namespace of process ids: containers on one kernel have their own. */
export async function machineName(): Promise<string> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    return `${boot} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

async function fromProc(pid: number): Promise<Process | null> {
  try {
    const [stat, command] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // The name, in brackets, may contain anything; fields are counted from after it.
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const started = rest[17];
    const residentPages = rest[19];
    if (state === 'Z' || started === undefined || residentPages === undefined) return null;
    const residentBytes = Number(residentPages) * pageBytes;
    return { pid, parent: Number(parent), started, residentBytes, command: command.replaceAll('\0', ' ') };
  } catch {
    return null;
  }
}

async function listByPs(): Promise<readonly Process[]> {
  const columns = ['-o', 'pid=', '-o', 'ppid=', '-o', 'rss=', '-o', 'lstart=', '-o', 'command='];
  const { stdout } = await promisify(execFile)('ps', ['-axww', ...columns], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, rss, started, command] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(line) ?? [];
    if (started === undefined || command === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), started, residentBytes: Number(rss) * 1024, command }];
  });
}
