// PostgreSQL refuses to run as root, and containers of CI often have no other user. Root may give a process any account,
// so the server runs as `nobody`, which practically every system has; no account is created.
import { readFileSync } from 'node:fs';

/**
 * @typedef {{ uid: number, gid: number }} Account
 */

/**
 * @param {boolean} isRoot
 * @param {string} [accounts] the text of `/etc/passwd`
 * @returns {Account | undefined} undefined: the account of this process will do
 */
export function serverAccount(isRoot, accounts) {
  if (!isRoot) return undefined;
  const lines = (accounts ?? readFileSync('/etc/passwd', 'utf8')).split('\n');
  const [, , uid, gid] = lines.find((line) => line.startsWith('nobody:'))?.split(':') ?? [];
  if (!uid || !gid) {
    throw new Error('it refuses to run as root, and this system has no account "nobody" that it could run as');
  }
  return { uid: Number(uid), gid: Number(gid) };
}
