import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { allProbes } from '../support/sandbox/probes/all.ts';

it('the document of the sandbox lists the probes that run, in their order', async () => {
  const text = await readFile(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| kind'));
  expect(rows).toEqual(allProbes.map(({ kind, tries, heldBy }) => `| ${kind} | ${tries} | ${heldBy} |`));
});
