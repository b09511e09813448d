/** The activity of a code step, against a real store and a sandbox that answers what a test says. */
import { once } from 'node:events';
import { CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createRunCode } from '../../../activities/code/run-code.ts';
import { SandboxUnavailable, type CodeRequest, type CodeResult } from '../../../activities/sandbox/sandbox.ts';
import type { StepActivityInput, StepActivityResult } from '../../../workflows/contract/jobs/job.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { smallForm } from '../../support/definitions.ts';

const calc = { id: 'calc', kind: 'code', language: 'python', source: 'def main(inputs): ...' };

function answer(outcome: CodeResult['outcome'], printed: Partial<CodeResult> = {}): CodeResult {
  return { outcome, stdout: '', stderr: '', seconds: 0.1, peakBytes: 1, contained: true, ...printed };
}

const one = answer({ value: 1, files: [] });

async function world(step: JsonObject, run: (request: CodeRequest) => Promise<CodeResult>) {
  const form = { fields: [...smallForm.fields, { id: 'sheet', type: 'file', label: 'Sheet' }] };
  const { store, definition } = await storeWithJob({ form, steps: [{ ...calc, ...step }] });
  const asked: CodeRequest[] = [];
  const remember = async (request: CodeRequest): Promise<CodeResult> => {
    asked.push(request);
    return run(request);
  };
  const activity = createRunCode({ store, sandboxes: { python: remember, javascript: remember } });
  return {
    store,
    asked,
    run: (parts: Partial<StepActivityInput> = {}, place = activityPlace()): Promise<StepActivityResult> =>
      place.run((input: StepActivityInput) => activity(input), stepInput(definition, parts)),
  };
}

async function text(store: Awaited<ReturnType<typeof world>>['store'], name: string): Promise<string | null> {
  const found = await store.artifacts.find(job.id, name);
  return found === null ? null : (await store.artifacts.getContent(found.sha256)).toString();
}

describe('A13: a code step', () => {
  it('gives code its values and files, and keeps its value, its files and what it printed', async () => {
    const step = {
      inputs: { who: '{{form.email}}', rows: '{{form.website}}' },
      files: ['form.sheet'],
      sandbox: { seconds: 2 },
    };
    const written = [
      { name: 'a b.csv', bytes: Buffer.from('x,y\n1,2\n') },
      { name: 'page.html', bytes: Buffer.from('<script>') },
    ];
    const { store, asked, run } = await world(step, async () =>
      answer({ value: { sum: 3 }, files: written }, { stdout: 'read\n', stderr: 'warned\n' }),
    );
    const name = 'form.sheet.my numbers.csv';
    const content = Buffer.from('1,2\n');
    await store.artifacts.put({
      jobId: job.id,
      stepId: null,
      name,
      mediaType: 'text/csv',
      content,
      deliverable: false,
    });
    const result = await run({ form: { email: 'ada@example.com', website: 'https://a.example', sheet: name } });
    expect(asked).toMatchObject([
      {
        source: calc.source,
        inputs: { who: 'ada@example.com', rows: 'https://a.example' },
        files: [{ name: 'form.sheet', bytes: content }],
        limits: { seconds: 2, cpuSeconds: 2, memoryBytes: 2 ** 30, fileBytes: 25 * 2 ** 20 },
      },
    ]);
    expect(result).toMatchObject({
      state: 'succeeded',
      reason: null,
      output: { kind: 'inline', value: { sum: 3 } },
      artifacts: [
        { name: 'calc.a_b.csv', mediaType: 'text/plain' },
        { name: 'calc.page.html', mediaType: 'text/plain' },
        { name: 'calc.log.txt', mediaType: 'text/plain; charset=utf-8' },
      ],
    });
    expect(await text(store, 'calc.a_b.csv')).toBe('x,y\n1,2\n');
    expect(await text(store, 'calc.log.txt')).toBe('read\n\n--- standard error ---\nwarned\n');
    expect(await text(store, 'calc.output.json')).toContain('"sum": 3');
  });

  it.each([
    ['error', 'ValueError: no', 3, 'failed', 'code', 'ValueError: no (line 3)'],
    ['forbidden_import', 'Forbidden import: socket', 1, 'failed', 'code', 'Forbidden import: socket (line 1)'],
    ['memory_limit', 'MemoryError: ', 2, 'failed', 'code', 'the code took more than its 1024 MiB of memory (line 2)'],
    ['time_limit', 'too long', null, 'timed_out', 'time_limit', 'too long'],
  ] as const)(
    'C16: ends with the %s of its code, and keeps what it printed',
    async (type, message, line, ...expected) => {
      const { store, run } = await world({}, async () =>
        answer({ problem: { type, message, line } }, { stdout: 'so far' }),
      );
      const [state, reason, sentence] = expected;
      expect(await run()).toMatchObject({ state, reason: { type: reason, message: sentence }, output: null });
      expect(await text(store, 'calc.log.txt')).toBe('so far');
    },
  );

  it('fails with a value that does not fit its schema, and keeps it', async () => {
    const schema = { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] };
    const { store, run } = await world({ output: { schema } }, async () => answer({ value: { sum: 'x' }, files: [] }));
    expect(await run()).toMatchObject({
      state: 'failed',
      reason: { type: 'code', message: expect.stringMatching(/does not fit the schema: .*sum/) },
    });
    expect(await text(store, 'calc.output.json')).toContain('"x"');
  });

  it('tells in the events of its job when nothing but limits held its code', async () => {
    const { store, run } = await world({}, async () => answer({ value: 1, files: [] }, { contained: false }));
    await run();
    expect(await store.events.has(job.id, 'code.uncontained')).toBe(true);
  });

  it('keeps no written file in the place of its own', async () => {
    const files = [{ name: 'output.json', bytes: Buffer.from('{}') }];
    const { store, run } = await world({}, async () => answer({ value: 1, files }));
    expect(await run()).toMatchObject({ state: 'failed', reason: { type: 'code' } });
    expect(await text(store, 'calc.output.json')).toBe('1');
  });

  it('is tried again where a sandbox does not start, with a message that says what to do', async () => {
    const { run } = await world({}, () => Promise.reject(new SandboxUnavailable('no bubblewrap')));
    await expect(run()).rejects.toMatchObject({
      type: 'sandbox',
      nonRetryable: false,
      message: expect.stringMatching(/does not start: no bubblewrap; run npm run doctor/),
    });
  });

  it('A14: ends its code when its job is cancelled', async () => {
    const place = activityPlace();
    const { run } = await world({}, async ({ signal }) => {
      const aborted = once(signal, 'abort');
      place.cancel();
      await aborted;
      throw new Error('it was ended');
    });
    await expect(run({}, place)).rejects.toThrow(CancelledFailure);
  });

  it('refuses inputs and files that are too large before anything runs', async () => {
    const { store, asked, run } = await world(
      { inputs: { a: '{{form.email}}' }, files: ['form.sheet'] },
      async () => one,
    );
    const large = run({ form: { email: 'x'.repeat(2 * 2 ** 20) } });
    await expect(large).rejects.toMatchObject({ type: 'step_definition', message: expect.stringMatching(/inputs/) });
    const { sha256 } = await store.artifacts.putContent(Buffer.from('1'));
    const sheet = { jobId: job.id, stepId: null, name: 'form.sheet.a.csv', mediaType: 'text/csv', sha256 };
    await store.artifacts.name({ ...sheet, bytes: 101 * 2 ** 20, deliverable: false });
    const files = run({ form: { sheet: 'form.sheet.a.csv' } });
    await expect(files).rejects.toMatchObject({ type: 'step_definition', message: expect.stringMatching(/1 files/) });
    expect(asked).toEqual([]);
  });
});
