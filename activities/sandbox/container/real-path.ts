/** Where a part of a sandbox lies, links followed. A missing one is a fault of the installation. */
import { realpathSync } from 'node:fs';
import { SandboxUnavailable } from '../sandbox.ts';

export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new SandboxUnavailable(`${path} ${isMissing ? 'does not exist' : 'may not be read'}`);
  }
}
