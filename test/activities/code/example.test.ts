/** The code steps of an example, in the real sandboxes, through the activity. */
import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createRunCode } from '../../../activities/code/run-code.ts';
import { sandboxesOf } from '../../../workers/sandboxes.ts';
import { WorkerSettingsSchema } from '../../../workers/config.ts';
import { readSettings } from '../../../workflows/contract/settings.ts';
import type { StepActivityInput, StepActivityResult } from '../../../workflows/contract/jobs/job.ts';
import { readDefinition } from '../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import type { LeadMagnet, Step } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { activityPlace, job, stepInput } from '../../support/jobs/activity-inputs.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const sandboxes = sandboxesOf(readSettings(WorkerSettingsSchema, {}));
afterAll(() => sandboxes.close());

async function example(): Promise<LeadMagnet> {
  const file = new URL('../../../demo/lead-magnets/solar-estimate.yaml', import.meta.url);
  const { leadMagnet, problems } = readDefinition(parse(await readFile(file, 'utf8')));
  expect(problems).toEqual([]);
  if (leadMagnet === null) throw new Error('the example is not valid');
  return leadMagnet;
}

async function world() {
  const definition = await example();
  const store = await temporaryStore();
  const { tenant, version, submittedAt, url: jobUrl } = job;
  await store.jobs.open(job.id, { tenant, version, definition, form: {}, submittedAt, jobUrl }, new Date());
  const activity = createRunCode({ store, sandboxes });
  const stepOf = (id: string): Step => {
    const found = definition.steps.find((step) => step.id === id);
    if (found === undefined) throw new Error(`there is no step ${id}`);
    return found;
  };
  return {
    store,
    run: (id: string, parts: Partial<StepActivityInput>): Promise<StepActivityResult> =>
      activityPlace().run(
        (input: StepActivityInput) => activity(input),
        stepInput(definition, { ...parts, step: stepOf(id) }),
      ),
  };
}

describe('A13: the code steps of the example', () => {
  it('run in Python with a visitor’s file, and in JavaScript with what Python gave', async () => {
    const { store, run } = await world();
    const upload = { name: 'form.usage.mine.txt', mediaType: 'text/plain', content: Buffer.from('500\n'.repeat(12)) };
    await store.artifacts.put({ jobId: job.id, stepId: null, ...upload, deliverable: false });
    const form = { area: 40, price: 0.5, usage: upload.name };
    const made = await run('yield', { form });
    expect(made).toMatchObject({
      state: 'succeeded',
      output: { value: { kwh: 7760, savings: 2450 } },
      artifacts: [
        { name: 'yield.chart.png', mediaType: 'image/png' },
        { name: 'yield.months.csv', mediaType: 'text/plain' },
        { name: 'yield.log.txt', bytes: 'months with more than is used: 6\n'.length },
      ],
    });
    const offers = await run('offers', { form, outputs: { yield: made.output } });
    expect(offers).toMatchObject({
      state: 'succeeded',
      output: { value: { list: [{ name: 'Basic', cost: 8400, years: '3.4' }, { name: 'With storage' }] } },
    });
  });

  it('C16: end with the error of the code, its line and nothing of the host', async () => {
    const { store, run } = await world();
    const upload = { name: 'form.usage.bad.txt', mediaType: 'text/plain', content: Buffer.from('1\n2\n') };
    await store.artifacts.put({ jobId: job.id, stepId: null, ...upload, deliverable: false });
    expect(await run('yield', { form: { area: 40, price: 0.5, usage: upload.name } })).toMatchObject({
      state: 'failed',
      reason: { type: 'code', message: 'ValueError: the consumption has 2 months (line 29)' },
    });
  });
});
