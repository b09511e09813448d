// The process that owns a PostgreSQL server and its folder. It lives as long as the channel to the process that started
// it: when that is gone, by whatever death, it stops the server and removes the folder.
//   node keeper.mjs PROJECT FOLDER
import { chownSync, rmSync } from 'node:fs';
import { serverAccount } from './account.mjs';
import { READY, startServer } from './server.mjs';

const [root = '', folder = ''] = process.argv.slice(2);
const stop = new AbortController();
process.once('disconnect', () => stop.abort());
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => stop.abort());

/** Who started this may be gone. @param {string} message */
function tell(message) {
  process.send?.(message, undefined, undefined, () => undefined);
}

try {
  const account = serverAccount(process.getuid?.() === 0);
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const { version, ended } = await startServer(root, { account, folder, signal: stop.signal });
  tell(`${READY}${version}`);
  await ended;
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
if (process.connected) process.disconnect();
