import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstThatHasIt } from '../../../scripts/toolchain/packages/first-source.mjs';
import { python } from '../../../scripts/toolchain/tools/python.mjs';
import { pythonPackages } from '../../../scripts/toolchain/tools/python-packages.mjs';
import { toolPath } from '../../../workers/local/tools.ts';
import { fakeMachine, placeProgram } from '../surroundings-fake.ts';

/** Answers for each interpreter by its path. */
const versions = (byPath: Record<string, string>) => (command: string) => {
  const version = byPath[command];
  return version === undefined ? { ok: false, errors: 'spawn ENOENT' } : { output: `${version}\n` };
};

describe('Python for the sandbox', () => {
  it("is the system's, which every user can read, before another one on PATH", async () => {
    const { surroundings } = fakeMachine(versions({ '/usr/bin/python3': '3.13.2' }));
    placeProgram(surroundings.root, 'bin/python3');
    const result = await firstThatHasIt(python.sources(surroundings), { localOnly: false });
    expect(result).toEqual({ found: { path: '/usr/bin/python3', version: '3.13.2', source: "the system's" } });
  });

  it('is refused with its version when the packages have no wheels for it', async () => {
    const { surroundings } = fakeMachine(versions({ '/usr/bin/python3': '3.9.2' }));
    const result = await firstThatHasIt(python.sources(surroundings), { localOnly: true });
    expect(result).toEqual({ reasons: ['/usr/bin/python3: /usr/bin/python3 is 3.9.2, not 3.11 to 3.14'] });
  });

  it('is installed by the distribution where there is none', async () => {
    const { surroundings, installed } = fakeMachine(versions({}));
    await firstThatHasIt(python.sources(surroundings), { localOnly: false });
    expect(installed).toEqual(['python3']);
  });
});

describe('Python packages for the sandbox', () => {
  it('are those of the setting, which the doctor tries', async () => {
    const environment = { PATH: '', LODESTONE_PYTHON_PACKAGES: import.meta.dirname };
    const { surroundings } = fakeMachine(versions({}), { environment });
    const result = await firstThatHasIt(pythonPackages.sources(surroundings), { localOnly: true });
    expect(result).toMatchObject({ found: { path: import.meta.dirname } });
  });

  it.each([
    ['there is no Python', versions({}), {}, 'there is no Python for the sandbox'],
    [
      'the processor has no wheels',
      versions({ '/usr/bin/python3': '3.12.1' }),
      { architecture: 'riscv64' },
      'there are no wheels for riscv64',
    ],
    ['the platform has no sandbox', versions({}), { platform: 'darwin' }, 'the sandbox exists for Linux only'],
  ])('are declined with the reason where %s', async (_, command, changes, reason) => {
    const { surroundings } = fakeMachine(command, changes);
    const result = await firstThatHasIt(pythonPackages.sources(surroundings), { localOnly: false });
    expect(result).toEqual({ reasons: [`PyPI: ${reason}`] });
  });

  it('name both ways when neither pip nor the index had them', async () => {
    const { surroundings } = fakeMachine(versions({ '/usr/bin/python3': '3.12.1' }));
    const result = await firstThatHasIt(pythonPackages.sources(surroundings), { localOnly: false });
    expect(result).toEqual({ reasons: ['PyPI: pip: not on this machine; no network in this test'] });
  });

  it('are compiled, since nothing can be written to them in the sandbox', () => {
    const folder = join(toolPath('pythonPackages'), 'numpy');
    const sources = readdirSync(folder).filter((name) => name.endsWith('.py'));
    expect(readdirSync(join(folder, '__pycache__'))).toHaveLength(sources.length);
  });
});
