import { expect, it } from 'vitest';
import type { Model, ModelRequest, ModelResponse } from '../../../../activities/ports.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../../support/jobs/activity-inputs.ts';
import { computerStep } from '../../../support/computer-use/computer-step.ts';
import { FakeComputer } from '../../../support/computer-use/fake-computer.ts';
import { fileResponse, textResponse } from '../../../support/llm/responses.ts';

const form = {
  fields: [
    { id: 'email', type: 'email', label: 'E-mail' },
    { id: 'cv', type: 'file', label: 'CV' },
  ],
};
const visit = {
  id: 'visit',
  kind: 'computer_use',
  startUrl: 'https://site.example',
  goal: 'send it',
  files: ['form.cv'],
};
const parts = { form, network: { navigate: ['https://site.example'] }, steps: [visit] };

function modelOf(script: readonly ModelResponse[]): Model & { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  const found = (id: string | null): ModelResponse => {
    const index = script.findIndex((response) => response.id === id);
    return script[index] ?? textResponse('none', '');
  };
  return {
    requests,
    create: async (request) => {
      requests.push(request);
      const before = script.findIndex(({ id }) => id === request.previousResponseId);
      return script[before + 1] ?? textResponse('none', '');
    },
    retrieve: async (id) => found(id),
    cancel: async () => undefined,
  };
}

it('a step lists for its model the files it has, hands over the one that is named, and keeps what is downloaded as its own', async () => {
  const { store, definition } = await storeWithJob(parts);
  const cv = { jobId: job.id, stepId: null, name: 'form.cv.me.pdf', mediaType: 'application/pdf', deliverable: false };
  await store.artifacts.put({ ...cv, content: Buffer.alloc(84_000) });
  const computer = new FakeComputer();
  const receipt = { name: 'receipt.txt', content: Buffer.from('thank you') };
  computer.downloaded.set('guid-1', receipt);
  const model = modelOf([fileResponse('r1', ['me.pdf']), textResponse('r2', 'sent')]);
  const computers = { reattach: async () => null, open: async () => computer };
  const run = computerStep(store, model, { computers });
  const input = stepInput(definition, { form: { cv: 'form.cv.me.pdf' } });
  const result = await activityPlace({ attempt: 1 }).run(run, input);
  expect(model.requests[0]?.instructions).toContain('me.pdf (application/pdf, 84 kB)');
  expect([computer.files, computer.performed]).toEqual([['me.pdf'], ['choose me.pdf']]);
  expect(result).toMatchObject({ artifacts: [{ name: 'visit.download-0001.receipt.txt', mediaType: 'text/plain' }] });
  expect(computer.downloaded.size).toBe(0);
  const [first, second] = await store.computerTurns.newest({ jobId: job.id, stepId: 'visit', generation: 1 }, 5);
  expect(first?.notes).toContain('The download receipt.txt (text, 9 bytes) was kept.');
  expect(first?.actions).toMatchObject([{ type: 'choose_files', text: 'me.pdf', outcome: 'done' }]);
  expect(second?.actions).toEqual([]);
  const events = await store.events.after(job.id, 0, 100);
  expect(events.map(({ type }) => type)).toContain('download.kept');
});
