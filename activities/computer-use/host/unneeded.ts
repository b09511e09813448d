/**
 * Ends browsers that were kept for a person after their step has ended: it was cancelled, or nobody answered. No
 * activity runs for such a step, so each worker checks the hosts of its machine.
 */
import { join, resolve } from 'node:path';
import { endHostProcess, removeHostFolder } from './folder.ts';
import { machineName } from './processes.ts';
import { hostNames, readRecord } from './record.ts';

/** Returns the names of the hosts that were ended. */
export async function endUnneededHosts(
  hostsFolder: string,
  isOver: (key: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const root = resolve(hostsFolder);
  const machine = await machineName();
  const ended: string[] = [];
  for (const name of await hostNames(root)) {
    const record = await readRecord(join(root, name));
    if (record === null || record.key === null || record.machine !== machine) continue;
    if (!(await isOver(record.key))) continue;
    await endHostProcess(record);
    await removeHostFolder(join(root, name));
    ended.push(name);
  }
  return ended;
}
