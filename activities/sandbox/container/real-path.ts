/** Where a part of a sandbox lies, links followed. A missing one is a fault of the installation. */
import { realpathSync } from 'node:fs';
import { SandboxUnavailable } from '../sandbox.ts';

export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw new SandboxUnavailable(`${path} is missing, or may not be read`);
  }
}
