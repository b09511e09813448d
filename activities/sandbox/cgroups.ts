/**
 * cgroups (version 2) around sandboxes, where this process may make some: the kernel itself then holds the memory and the number of
 * processes, with all that it keeps on their behalf. Where it may not, the worker's own checks are what there is.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface CgroupLimits {
  readonly memoryBytes: number;
  readonly processes: number;
}

export interface Cgroup {
  /** Moves processes into it; what they start later begins there. One that has ended is left out. */
  add(pids: readonly number[]): void;
  /** Whether the kernel has ended what was in it because of the limit of memory. */
  wasOutOfMemory(): boolean;
  /** Ends everything in it, and removes it. */
  end(): Promise<void>;
}

export interface Cgroups {
  /** Null where the kernel refuses one. */
  make(limits: CgroupLimits): Cgroup | null;
}

const controllers = ['memory', 'pids'] as const;
type Controller = (typeof controllers)[number];

const namePrefix = 'lodestone-sandbox-';

/**
 * Finds where cgroups can be made: beside this process's own or below it. A cgroup with processes hands no controllers on (but for
 * the first of all), so that it is mostly beside. `own` and `mounts` are of the form of `/proc/self/cgroup` and `/proc/self/mounts`.
 */
export function findCgroups(own = read('/proc/self/cgroup'), mounts = read('/proc/self/mounts')): Cgroups | null {
  const path = /^0::(\/.*)$/m.exec(own)?.[1];
  const mount = /^\S+ (\S+) cgroup2 /m.exec(mounts)?.[1];
  if (path === undefined || mount === undefined) return null;
  const candidates = path === '/' ? [mount] : [join(mount, dirname(path)), join(mount, path)];
  for (const folder of candidates) {
    const found = handedOn(folder);
    if (found.length === 0) continue;
    removeLeftBehind(folder);
    return cgroupsIn(folder, found);
  }
  return null;
}

/** The controllers that cgroups made in this folder have. */
function handedOn(folder: string): readonly Controller[] {
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return [];
  }
  const control = join(folder, 'cgroup.subtree_control');
  const offered = words(read(join(folder, 'cgroup.controllers')));
  for (const controller of controllers) {
    if (offered.includes(controller) && !words(read(control)).includes(controller)) write(control, `+${controller}`);
  }
  return controllers.filter((controller) => words(read(control)).includes(controller));
}

/** Those of workers that died are empty: the kernel ends sandboxes with their worker, and refuses to remove one in use. */
function removeLeftBehind(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith(namePrefix)) remove(join(folder, name));
}

let count = 0;

function cgroupsIn(folder: string, found: readonly Controller[]): Cgroups {
  return {
    make({ memoryBytes, processes }) {
      count += 1;
      const path = join(folder, `${namePrefix}${process.pid}-${count}`);
      try {
        mkdirSync(path);
      } catch {
        return null;
      }
      const isSet =
        (!found.includes('memory') || write(join(path, 'memory.max'), `${memoryBytes}`)) &&
        (!found.includes('pids') || write(join(path, 'pids.max'), `${processes}`));
      if (!isSet) {
        remove(path);
        return null;
      }
      if (found.includes('memory')) {
        // Not every kernel has swap; where one process is ended for memory, the others have no use.
        write(join(path, 'memory.swap.max'), '0');
        write(join(path, 'memory.oom.group'), '1');
      }
      return cgroupAt(path);
    },
  };
}

function cgroupAt(path: string): Cgroup {
  return {
    add(pids) {
      for (const pid of pids) write(join(path, 'cgroup.procs'), `${pid}`);
    },
    wasOutOfMemory: () => /^oom_kill [1-9]/m.test(read(join(path, 'memory.events'))),
    async end() {
      // Since Linux 5.14; before, all processes are ended by the worker alone.
      write(join(path, 'cgroup.kill'), '1');
      for (let tries = 0; tries < 100 && !remove(path); tries += 1) await sleep(10);
    },
  };
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter(Boolean);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** False when the kernel refuses it. A file that is not there is not made. */
function write(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'r+' });
    return true;
  } catch {
    return false;
  }
}

function remove(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
