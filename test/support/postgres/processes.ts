/** The processes that were started with a folder on their command line. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface NamedProcess {
  readonly pid: number;
  readonly command: string;
}

export async function processesNaming(folder: string): Promise<readonly NamedProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,args='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || command === undefined || !command.includes(folder)
      ? []
      : [{ pid: Number(pid), command }];
  });
}
