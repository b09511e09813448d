/** Finds the processes of an installation by the data folder in their environment, through Linux's /proc. */
import { readdir, readFile } from 'node:fs/promises';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** All running processes with this data folder. A process that has ended but was not reaped yet has no environment. */
export async function processesOf(dataFolder: string): Promise<readonly FoundProcess[]> {
  const mark = `LODESTONE_DATA_DIR=${dataFolder}`;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = async (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      if (!(await read('environ')).split('\0').includes(mark)) return [];
      return [{ pid: Number(pid), command: (await read('cmdline')).replaceAll('\0', ' ').trimEnd() }];
    }),
  );
  return found.flat();
}
