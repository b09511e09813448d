/** The memory of a process and its descendants, from Linux's `/proc`. */
import { readdirSync, readFileSync } from 'node:fs';

/** Bytes of real memory that belongs to these processes alone or is shared without a file (`RssAnon` and `RssShmem`). */
export function memoryOfTree(pid: number, mostProcesses: number): number {
  let bytes = 0;
  const waiting = [pid];
  for (let seen = 0; seen < mostProcesses; seen += 1) {
    const next = waiting.pop();
    if (next === undefined) break;
    bytes += memoryOf(next);
    waiting.push(...childrenOf(next));
  }
  return bytes;
}

function memoryOf(pid: number): number {
  const status = read(`/proc/${pid}/status`);
  const kilobytes = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)].map(([, value]) => Number(value));
  return kilobytes.reduce((sum, value) => sum + value, 0) * 1024;
}

/** A child belongs to the thread that started it. */
function childrenOf(pid: number): readonly number[] {
  return threadsOf(pid).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Empty for a process that has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
