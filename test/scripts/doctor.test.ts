import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examine, formatTable } from '../../scripts/toolchain/examination.mjs';
import { python } from '../../scripts/toolchain/tools/python.mjs';
import { pythonPackages } from '../../scripts/toolchain/tools/python-packages.mjs';
import { fakeMachine, placePackages, placeProgram, SMALL_LOCK } from './surroundings-fake.ts';

const machineWithTools = () =>
  fakeMachine((command) => {
    if (command.endsWith('/node')) return { output: 'v24.21.0' };
    if (command.endsWith('/temporal')) return { output: 'temporal version 1.9.1 (Server 1.32.0)' };
    if (command.endsWith('/chromium')) return { output: 'Chromium 156.0.8078.79' };
    return undefined;
  });

describe('the doctor', () => {
  it('is content when packages, Temporal CLI and Chromium are there, and names optional tools that are not', async () => {
    const { surroundings, installed } = machineWithTools();
    placePackages(surroundings.root);
    placeProgram(surroundings.root, 'bin/temporal');
    placeProgram(surroundings.root, 'bin/chromium');
    const examination = await examine(surroundings);
    expect(examination.ready).toBe(true);
    expect(examination.node.pinned).toBe('24.21.0');
    const table = formatTable(examination);
    expect(table).toMatch(/ok +Temporal CLI +1\.9\.1 +temporal on PATH/);
    expect(table).toMatch(/missing +bubblewrap +optional/);
    expect(table).toContain('Or run "npm run setup".');
    expect(installed).toEqual([]);
  });

  it('is not content without a required tool, and downloads nothing to change that', async () => {
    const { surroundings, commands, reported } = machineWithTools();
    placePackages(surroundings.root);
    placeProgram(surroundings.root, 'bin/chromium');
    const examination = await examine(surroundings);
    expect(examination.ready).toBe(false);
    expect(examination.findings['temporalCli']?.missing).toContain('https://docs.temporal.io/cli');
    expect(formatTable(examination)).toMatch(/MISSING +Temporal CLI/);
    expect(commands.some((command) => /download|install/.test(command))).toBe(false);
    expect(reported).toEqual([]);
  });

  it('tries the sandbox with what it found, and is not content when something gets out', async () => {
    const examineWith = (answer: object, environment: Record<string, string> = {}) => {
      const machine = fakeMachine(
        (command, [program = '']) => {
          if (program.endsWith('main.ts')) return { output: JSON.stringify(answer) };
          if (command.endsWith('/node')) return { output: 'v24.21.0' };
          return command === '/usr/bin/python3' ? { output: '3.11.2' } : undefined;
        },
        { environment: { PATH: '', ...environment } },
      );
      placePackages(machine.surroundings.root);
      return examine(machine.surroundings, [python, pythonPackages]);
    };
    const probes = [{ tries: 'files: read', outcome: 'held' }];
    const everything = { python: null, javascript: null, packages: null };
    const works = await examineWith({ ...everything, probes });
    const halfWorks = await examineWith({ ...everything, python: 'no bwrap', probes });
    const unsafe = await examineWith({ ...everything, probes: [] }, { LODESTONE_SANDBOX: 'unsafe' });
    const noNumpy = await examineWith({ ...everything, packages: 'no numpy', probes });
    expect(formatTable(noNumpy)).toContain('Sandbox of generated code: no numpy');
    expect(formatTable(unsafe)).toMatch(/UNSAFE +Sandbox of generated code[^]*code is not contained/);
    const open = await examineWith({ ...everything, probes: [{ tries: 'a', outcome: 'succeeded' }] });
    expect([works.ready, halfWorks.ready, open.ready]).toEqual([true, true, false]);
    expect(formatTable(works)).toMatch(/held +files: read/);
    expect(formatTable(halfWorks)).toContain('Sandbox of generated code: no bwrap');
    expect(formatTable(open)).toMatch(/OPEN +Sandbox of generated code/);
    expect(formatTable(open)).toContain('Run no generated code on this machine: a (succeeded).');
  });

  it('is not content when the packages are not those of the lock file', async () => {
    const { surroundings } = machineWithTools();
    placePackages(surroundings.root);
    writeFileSync(join(surroundings.root, 'package-lock.json'), SMALL_LOCK.replace('1.0.0', '2.0.0'));
    const examination = await examine(surroundings, []);
    expect(examination.ready).toBe(false);
    expect(examination.findings['packages']?.missing).toContain('not those of package-lock.json');
  });

  it('names the database of the store without its password, and says when its server does not listen', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const examineWith = (environment: Record<string, string>) =>
      examine(fakeMachine(() => undefined, { environment: { PATH: '', ...environment } }).surroundings, []);
    const url = `postgres://ada:geheim@127.0.0.1:${port}/lodestone`;
    const answered = await examineWith({ LODESTONE_DATABASE_URL: url });
    server.close();
    await once(server, 'close');
    const silent = await examineWith({ LODESTONE_DATABASE_URL: url });
    const none = await examineWith({});
    expect(answered.findings['store']).toMatchObject({
      version: 'PostgreSQL',
      source: `lodestone at 127.0.0.1:${port}`,
    });
    expect(silent.findings['store']?.missing).toContain(`No PostgreSQL server listens at 127.0.0.1:${port}`);
    expect(none.findings['store']).toMatchObject({ version: 'SQLite' });
    expect(JSON.stringify([answered, silent])).not.toContain('geheim');
  });
});
