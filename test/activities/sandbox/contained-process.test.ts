import { realpathSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bubblewrap } from '../../../activities/sandbox/containment.ts';
import { runContained, startContained } from '../../../activities/sandbox/contained-process.ts';
import { stageFolderFor } from '../../../activities/sandbox/container/stage.ts';
import { testLimits, testSandbox } from '../../support/sandbox/python.ts';

it('more processes than the limit end a program, also one that the kernel does not limit', async () => {
  const program = `
import os, time
os.write(3, b"R")
for _ in range(80):
    if os.fork() == 0:
        time.sleep(60)
time.sleep(60)
`;
  const { command } = bubblewrap.prepare({
    parts: { '/python': realpathSync(testSandbox.python) },
    command: (at) => [at('/python'), '-I', '-S', '-c', program],
    variables: {},
    scratch: null,
  });
  const signal = new AbortController().signal;
  const limits = { ...testLimits, processes: 4 };
  const { limit } = await runContained({ process: startContained(command), request: [], limits, signal });
  expect(limit).toBe('process_limit');
});

it('the parts of a sandbox are gathered in a folder that hides none of them', () => {
  expect(stageFolderFor(['/usr/bin/python3', '/mntfolder/packages'])).toBe('/mnt');
  expect(stageFolderFor(['/usr/bin/python3', '/mnt/packages'])).not.toBe('/mnt');
  expect(() => stageFolderFor(['/mnt/a', '/srv', '/media/b', '/opt/c'])).toThrow('move the product elsewhere');
});
