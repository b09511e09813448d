#!/usr/bin/env node
// The entry of the command. The sources are TypeScript; a Node older than 24 cannot run them and starts the pinned Node.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('main.ts', import.meta.url);
if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(main.href);
} else {
  const pinned = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(pinned)) {
    process.stderr.write('lodestone needs Node 24: run npm run setup in its folder.\n');
    process.exit(2);
  }
  const { status } = spawnSync(pinned, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
