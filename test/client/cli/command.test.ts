/** The command as scripts use it: a real process, its exit codes, data on standard output and prose on standard error. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { beginRun, recordTurn, visiting } from '../../support/computer-use/computer-run.ts';
import { aiStep, smallForm } from '../../support/definitions.ts';
import { askApproval, endJob, type Api } from '../api/harness.ts';
import { runCommand as run, servedFolder } from './harness.ts';

const email = ['--form', 'email=ada@example.com'];

async function served(): Promise<Api & { readonly url: string; readonly file: string; readonly folder: string }> {
  const api = await servedFolder();
  const file = join(api.folder, 'audit.yaml');
  await writeFile(file, stringify({ slug: 'audit', name: 'Audit', form: smallForm, steps: [aiStep('look')] }));
  return { ...api, file };
}

test('A14: submit FILE.yaml --wait --json prints one JSON object and exits 0 when the job completed', async () => {
  const { url, file, temporal, store } = await served();
  temporal.onStart = (jobId) => endJob(store, jobId);
  const { code, stdout, stderr } = await run(url, 'submit', file, ...email, '--wait', '--json');
  expect(stderr).toContain('saved audit as version 1');
  expect(JSON.parse(stdout)).toMatchObject({
    jobId: temporal.started[0],
    outcome: 'completed',
    steps: [{ id: 'look', outcome: 'succeeded', attempts: 1, iterations: 0, durationMilliseconds: 0, costUsd: 0 }],
    artifacts: [],
  });
  expect(code).toBe(0);
});

test('A14: exit 1 when the job that was waited for did not complete', async () => {
  const { url, file, temporal, store } = await served();
  temporal.onStart = (jobId) => endJob(store, jobId, 'failed');
  const { code, stdout } = await run(url, 'submit', file, ...email, '--wait');
  expect(stdout).toContain('The budget of $0.50 is spent.');
  expect(code).toBe(1);
  expect((await run(url, 'jobs', 'watch', temporal.started[0] ?? '')).code).toBe(1);
});

test('exit 2 when the command line or a file is not right, before anything is sent', async () => {
  const { url, folder, file } = await served();
  const broken = join(folder, 'broken.yaml');
  await writeFile(broken, 'slug: [never: closed');
  const wrong = [
    ['submit', join(folder, 'none.yaml')],
    ['submit', broken],
    ['submit', file, '--form', 'email'],
    ['submit', file, '--slug', 'audit'],
    ['submit'],
    ['jobs', 'shown'],
    ['--url', 'nowhere', 'jobs', 'list'],
  ];
  for (const args of wrong) {
    const { code, stdout, stderr } = await run(url, ...args);
    expect([code, stdout], args.join(' ')).toEqual([2, '']);
    expect(stderr, args.join(' ')).not.toBe('');
  }
});

test('exit 3 when the API cannot be reached, at once', async () => {
  const { code, stdout, stderr } = await run('http://127.0.0.1:9', 'jobs', 'watch', 'job_12345678');
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('npm start');
});

test('exit 4 when Temporal is away, naming the job that is kept', async () => {
  const { url, file, temporal, store } = await served();
  temporal.reachable = false;
  const { code, stderr } = await run(url, 'submit', file, ...email);
  expect(code).toBe(4);
  const [job] = await store.jobViews.list({ limit: 1 });
  expect(stderr).toContain(job?.id);
});

test('exit 5 for what is not there, exit 6 for what is refused, with every problem', async () => {
  const { url, file } = await served();
  expect((await run(url, 'jobs', 'show', 'job_12345678')).code).toBe(5);
  expect((await run(url, 'submit', '--slug', 'nothing')).code).toBe(5);
  const refused = await run(url, 'submit', file, '--form', 'email=ada', 'website=http://10.0.0.1/');
  expect(refused.code).toBe(6);
  expect(refused.stderr).toMatch(/^ {2}email: .*\n {2}website: /m);
});

test('lead magnets are applied and listed, jobs listed, shown and cancelled', async () => {
  const { url, file, temporal } = await served();
  expect((await run(url, 'lead-magnets', 'apply', file)).stdout).toContain(
    'audit version 1  https://jobs.example.com/f/audit',
  );
  expect((await run(url, 'lead-magnets', 'apply', file)).stdout).toContain('(unchanged)');
  expect(JSON.parse((await run(url, 'lead-magnets', 'list', '--json')).stdout)).toMatchObject([{ slug: 'audit' }]);
  await run(url, 'submit', '--slug', 'audit', ...email);
  const id = temporal.started[0] ?? '';
  const Lines = z.array(z.object({ id: z.string() }));
  expect(Lines.parse(JSON.parse((await run(url, 'jobs', 'list', '--json')).stdout)).map((line) => line.id)).toEqual([
    id,
  ]);
  expect((await run(url, 'jobs', 'show', id)).stdout).toContain('a worker');
  expect((await run(url, 'jobs', 'cancel', id)).code).toBe(0);
  expect(JSON.parse((await run(url, 'jobs', 'show', id, '--json')).stdout)).toMatchObject({ outcome: 'cancelled' });
});

test('what jobs ask is listed, approved and refused; each refusal of the API has its exit code', async () => {
  const { url, store, acceptedJob, temporal } = await served();
  const id = await acceptedJob();
  const [first, second] = [await askApproval(store, id, 1), await askApproval(store, id, 2)];
  const listed = await run(url, 'approvals', 'list');
  expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining(`${id}  ${first}  until `)]);
  expect(JSON.parse((await run(url, 'approvals', 'list', '--json')).stdout)).toMatchObject([
    { jobId: id, requestId: first, state: 'open' },
    { requestId: second },
  ]);
  expect((await run(url, 'jobs', 'show', id)).stdout).toContain('Asks a person\n  look-1-1');

  const approved = await run(url, 'approvals', 'approve', id, first, '--json');
  expect([approved.code, JSON.parse(approved.stdout)]).toMatchObject([0, { requestId: first, state: 'approved' }]);
  const refused = await run(url, 'approvals', 'refuse', id, second, '--note', 'not here');
  expect([refused.code, refused.stdout]).toEqual([0, '']);
  expect(refused.stderr).toContain('refused by');
  expect(temporal.answered).toMatchObject([{ decision: 'approve' }, { decision: 'refuse', note: 'not here' }]);

  expect((await run(url, 'approvals', 'approve', id, second)).code).toBe(6);
  expect((await run(url, 'approvals', 'approve', id, 'look-9-9')).code).toBe(5);
  expect((await run(url, 'approvals', 'approve', id)).code).toBe(2);
  const third = await askApproval(store, id, 3);
  temporal.reachable = false;
  expect((await run(url, 'approvals', 'approve', id, third)).code).toBe(4);
});

test('an artifact is written to standard output or to a file, byte for byte', async () => {
  const { url, folder, store, acceptedJob } = await served();
  const id = await acceptedJob();
  const content = Buffer.from([0, 255, 10, 13]);
  await store.artifacts.put({
    jobId: id,
    stepId: null,
    name: 'a.bin',
    mediaType: 'application/octet-stream',
    content,
    deliverable: true,
  });
  const output = join(folder, 'a.bin');
  expect((await run(url, 'artifacts', 'get', id, 'a.bin', '-o', output)).code).toBe(0);
  expect(await readFile(output)).toEqual(content);
});

test('a computer-use run is written to a file that stands alone', async () => {
  const { url, folder, store, acceptedJob } = await served();
  const id = await acceptedJob(visiting);
  await beginRun(store, id);
  for (const iteration of [1, 2]) await recordTurn(store, id, iteration);
  const output = join(folder, 'replay.html');
  expect(await run(url, 'replay', 'export', id, 'visit', '-o', output)).toMatchObject({ code: 0, stdout: '' });
  const file = await readFile(output, 'utf8');
  expect(file.match(/src="data:image\/png;base64,/g)).toHaveLength(2);
  expect(file.trimEnd().endsWith('</html>')).toBe(true);
  expect((await run(url, 'replay', 'export', id, 'visit')).stdout).toContain('words of turn 2');
  expect((await run(url, 'replay', 'export', id, 'nothing')).code).toBe(5);
});
