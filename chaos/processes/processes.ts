/** The processes of an installation, known by the data folder in their settings: by Linux's process file system. */
import { readdir, readFile } from 'node:fs/promises';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** All that are alive and were given this data folder. One that has ended and is not reaped yet has no settings there. */
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
