import { describe, expect, it } from 'vitest';
import { offeredFiles, provideFiles } from '../../../../activities/computer-use/files/offered.ts';
import type { OfferedContent } from '../../../../activities/ports.ts';
import type { FormValues } from '../../../../workflows/contract/lead-magnets/form.ts';
import type { ComputerUseStep } from '../../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { offeredFilesLimits } from '../../../../workflows/contract/lead-magnets/step-files.ts';
import { job } from '../../../support/jobs/activity-inputs.ts';
import { leadMagnet } from '../../../support/definitions.ts';
import { temporaryStore } from '../../../support/temporary-store.ts';

const [visit] = leadMagnet({
  network: { navigate: ['https://site.example'] },
  steps: [{ id: 'visit', kind: 'computer_use', startUrl: 'https://site.example', goal: 'go' }],
}).steps;

function step(files: readonly string[]): ComputerUseStep {
  if (visit?.kind !== 'computer_use') throw new Error('not a computer-use step');
  return { ...visit, files: [...files] };
}

async function storeWith(files: Readonly<Record<string, number>>) {
  const { artifacts } = await temporaryStore();
  for (const [name, bytes] of Object.entries(files)) {
    const stepId = name.startsWith('form.') ? null : (name.split('.')[0] ?? '');
    const content = Buffer.alloc(bytes, name);
    await artifacts.put({ jobId: job.id, stepId, name, mediaType: 'text/plain', content, deliverable: false });
  }
  const offered = (references: readonly string[], form: FormValues = {}) =>
    offeredFiles(artifacts, { job, step: step(references), form });
  return { artifacts, offered };
}

describe('the files of a step', () => {
  it('are found by their references, under the names that they have outside of the job', async () => {
    const { offered } = await storeWith({
      'form.cv.me.pdf': 3,
      'report.pdf': 4,
      'fetch.download-0001.list.csv': 5,
      'fetch.download-0002.list.csv': 6,
      'fetch.screen-0001.png': 7,
    });
    const files = await offered(['form.cv', 'report.pdf', 'fetch.downloads'], { cv: 'form.cv.me.pdf' });
    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['me.pdf', 3],
      ['report.pdf', 4],
      ['list.csv', 5],
      ['list-2.csv', 6],
    ]);
  });

  it('that do not exist are not offered; what a visitor wrote into another field names no file', async () => {
    const { offered } = await storeWith({ 'secret.output.json': 1 });
    expect(await offered(['form.cv', 'report.pdf'], { cv: 'secret.output.json' })).toEqual([]);
  });

  it('fail the step when one is too large, by its name and the limit', async () => {
    const { offered } = await storeWith({ 'report.pdf': offeredFilesLimits.fileBytes + 1 });
    await expect(offered(['report.pdf'])).rejects.toMatchObject({
      type: 'step_definition',
      message: expect.stringContaining('report.pdf has 26214401 bytes, above 26214400'),
    });
  });

  it('are made ready by name with their content, and no other is', async () => {
    const { artifacts, offered } = await storeWith({ 'report.pdf': 4 });
    const files = await offered(['report.pdf']);
    const put: OfferedContent[] = [];
    const provide = (name: string) => provideFiles(artifacts, files, [name], async (file) => void put.push(file));
    await provide('report.pdf');
    expect(put).toEqual([{ name: 'report.pdf', content: Buffer.from('repo') }]);
    await expect(provide('passwd')).rejects.toThrow('no file passwd is offered; there are: report.pdf');
  });
});
