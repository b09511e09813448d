/** The processes of this machine, for tests of what is left behind. */
import { readdirSync, readFileSync } from 'node:fs';

/** Whether a process has a word in its command line. */
export function runs(word: string): boolean {
  return readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });
}
