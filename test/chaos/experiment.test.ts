/** The short form of `npm run chaos:experiment`: codecs of six kinds, and a worker that is killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { chaosExperiment } from '../../chaos/experiment/run.ts';

it('C06 C09 C12 C16: every codec ends as it deserves, though the worker is killed', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-chaos-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const said: string[] = [];
  const report = await chaosExperiment({
    folder,
    experiments: 6,
    kills: 1,
    killsTemporal: false,
    slots: 3,
    phaseSeconds: 3,
    say: (line) => said.push(line),
  });
  expect(report, said.join('\n')).toMatchObject({ ended: 6, wrong: [], records: 6, openWorkflows: 0, kills: 1 });
  expect(report.processesLeft).toEqual([]);
  expect(report.temporaryFilesLeft).toEqual([]);
});
