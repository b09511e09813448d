import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { afterAll, describe, expect, it } from 'vitest';
import { tryOut } from '../../../activities/sandbox/probes/try-out.ts';
import { SandboxUnavailable } from '../../../activities/sandbox/sandbox.ts';
import { createSandboxes, type SandboxSettings } from '../../../activities/sandbox/sandboxes.ts';
import { wayToGetIt } from '../../../activities/sandbox/way-to-get-it.ts';
import { toolPath } from '../../../workers/local/tools.ts';
import { runs } from '../../support/sandbox/processes.ts';
import { testLimits } from '../../support/sandbox/python.ts';

const settings: SandboxSettings = {
  python: { path: toolPath('python') },
  pythonPackages: { path: toolPath('pythonPackages') },
  furtherImports: ['colorsys', 'glob', 'os', 'socket', 'subprocess'],
  containment: 'bubblewrap',
};
const sandboxes = createSandboxes(settings);
const withoutPackages = createSandboxes({ ...settings, pythonPackages: { missing: 'They are not set up.' } });
const lacksNumpyPattern = /does not start: the Python package numpy cannot be imported: .*npm run setup/;
const lacksNumpy = expect.stringMatching(lacksNumpyPattern);
const withoutPython = createSandboxes({ ...settings, python: { missing: 'Install python3.' } });
afterAll(() => {
  sandboxes.close();
  withoutPackages.close();
  withoutPython.close();
});

function request(source: string) {
  return { source, inputs: {}, files: [], limits: testLimits, signal: new AbortController().signal };
}

describe('the sandboxes of a worker', () => {
  it('C03: allow the usual imports and those that the operator adds, and name the first other one', async () => {
    const main = 'def main(inputs):\n    return colorsys.rgb_to_hls(0, 0, 0)\n';
    const [allowed, refused] = await Promise.all([
      sandboxes.python(request(`import json, math, colorsys\n${main}`)),
      sandboxes.python(request(`import colorsys\nimport select\n${main}`)),
    ]);
    expect(allowed).toMatchObject({ outcome: { value: [0, 0, 0] }, contained: true });
    expect(refused.outcome).toEqual({
      problem: { type: 'forbidden_import', message: 'Forbidden import: select', line: 2 },
    });
  });

  it('hold in the short trial of the doctor', async () => {
    const { probes, ...problems } = await tryOut(sandboxes, 'of the worker');
    expect(problems).toEqual({ python: null, javascript: null, packages: null });
    expect(probes.filter(({ outcome }) => outcome !== 'held')).toEqual([]);
    expect(probes.length).toBeGreaterThan(8);
  });

  it.each([
    ['setpriv: failed to execute bwrap: No such file or directory', 'Install bubblewrap'],
    ['bwrap: No permissions to create new namespace', 'user namespaces'],
    ["bwrap: Can't mount proc on /newroot/proc: Operation not permitted", 'systempaths=unconfined'],
    ["bwrap: Can't find source path /mnt/0: Permission denied", 'chmod'],
  ])('say what to do about "%s"', (said, way) => {
    expect(wayToGetIt(said)).toContain(way);
  });

  it('run code without a container where the operator insists, within limits, and say so', async () => {
    const insisted = createSandboxes({ ...settings, containment: 'unsafe' });
    const word = randomUUID();
    const source = `
import os, subprocess, sys
def main(inputs):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)", inputs])
    return [os.getcwd(), sorted(os.environ), os.getppid(), open("/etc/passwd").read() != ""]
`;
    const hang = 'import time\ndef main(inputs):\n    time.sleep(100)\n';
    const [python, hanging, javascript] = await Promise.all([
      insisted.python({ ...request(source), inputs: word }),
      insisted.python({ ...request(hang), limits: { ...testLimits, seconds: 1 } }),
      insisted.javascript(request('const main = () => 1')),
    ]);
    insisted.close();
    const [folder, variables, parent, reached] = z
      .tuple([z.string(), z.array(z.string()), z.int(), z.boolean()])
      .parse('value' in python.outcome ? python.outcome.value : python.outcome.problem);
    expect([python.contained, javascript.contained]).toEqual([false, false]);
    expect({ variables, parent, reached }).toEqual({
      variables: ['HOME', 'LANG', 'OPENBLAS_NUM_THREADS'],
      parent: process.pid,
      reached: true,
    });
    expect(existsSync(folder)).toBe(false);
    expect(runs(word)).toBe(false);
    expect(hanging.outcome).toMatchObject({ problem: { type: 'time_limit' } });
    expect(javascript.outcome).toMatchObject({ value: 1 });
  });

  it('are probed by the doctor in Python where JavaScript does not run, and packages that cannot be imported are told', async () => {
    const javascript = () => Promise.reject(new SandboxUnavailable('no Node'));
    const { probes, ...problems } = await tryOut({ ...withoutPackages, javascript }, 'of the worker');
    expect(problems).toMatchObject({ python: null, javascript: expect.any(String), packages: lacksNumpy });
    expect(probes.map(({ outcome }) => outcome)).toEqual(Array(9).fill('held'));
  });

  it('blame the installation, not the code, for packages that cannot be imported', async () => {
    const main = '\ndef main(inputs):\n    return 1\n';
    const [own, caught] = await Promise.all([
      withoutPackages.python(request(`from math import nothing${main}`)),
      withoutPackages.python(request(`try:\n    import numpy\nexcept ImportError:\n    pass${main}`)),
      expect(withoutPackages.python(request(`import numpy${main}`))).rejects.toThrow(lacksNumpyPattern),
      expect(withoutPackages.python({ ...request(main), preload: ['numpy'] })).rejects.toThrow(lacksNumpyPattern),
    ]);
    expect(own.outcome).toMatchObject({ problem: { type: 'error', message: expect.stringMatching(/^ImportError/) } });
    expect(caught.outcome).toMatchObject({ value: 1 });
  });

  it('run JavaScript where there is no Python, and say how to get Python', async () => {
    const { outcome } = await withoutPython.javascript(request('const main = () => 1'));
    expect(outcome).toMatchObject({ value: 1 });
    await expect(withoutPython.python(request(''))).rejects.toThrow('the sandbox does not start: Install python3.');
  });
});
