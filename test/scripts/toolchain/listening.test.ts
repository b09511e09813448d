import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tryServer } from '../../../scripts/toolchain/listening.mjs';
import { placeProgram } from '../surroundings-fake.ts';

const folder = mkdtempSync(join(tmpdir(), 'lodestone-listening-'));
const program = (name: string, text: string) => placeProgram(folder, name, `#!/bin/sh\n${text}\n`);
const environment = process.env;

describe('a server that is tried out', () => {
  it('is good when it listens on the given port, and is ended then', async () => {
    const listen = `require('node:net').createServer().listen(process.argv[1], '127.0.0.1')`;
    const server = program('good', `exec "${process.execPath}" -e "${listen}" "$1"`);
    const tried = await tryServer(server, { environment, within: 20_000 });
    expect(tried).toEqual({ startMilliseconds: expect.any(Number) });
  });

  it('that ends by itself is reported in its own words', async () => {
    const server = program('broken', 'echo "no such option" >&2; exit 1');
    const tried = await tryServer(server, { environment, within: 20_000 });
    expect(tried).toEqual({ problem: 'no such option', ended: true });
  });

  it('that stays alive without listening is given up after the limit, whatever it warns of', async () => {
    const server = program('silent', 'echo "WARNING: of something else" >&2; exec sleep 30');
    const tried = await tryServer(server, { environment, within: 200 });
    expect(tried).toEqual({ problem: 'it did not listen within 0.2 s', ended: false });
  });
});
