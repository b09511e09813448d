import { expect, it } from 'vitest';
import type { ResourceUse } from '../../../activities/sandbox/sandbox.ts';
import { runPython } from '../../support/sandbox/python.ts';

it('what the code and its children use is told while it runs', async () => {
  const uses: ResourceUse[] = [];
  const source = `
import os, time
def main(inputs):
    kept = bytearray(60_000_000)
    if os.fork() == 0:
        while True: pass
    while True: time.sleep(1)
`;
  const stop = new AbortController();
  const onUse = (use: ResourceUse): void => {
    uses.push(use);
    if (use.processorSeconds > 0.3) stop.abort(new Error('enough is known'));
  };
  await expect(runPython(source, {}, { onUse, signal: stop.signal })).rejects.toThrow('enough is known');
  expect(uses.at(-1)?.memoryBytes).toBeGreaterThan(60_000_000);
});
