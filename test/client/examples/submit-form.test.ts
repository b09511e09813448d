/** The example of a client over HTTP, as a process of its own, against the app on loopback. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { endJob, saveSmall, serveApp, testApi } from '../api/harness.ts';

const example = join(import.meta.dirname, '../../../client/examples/submit-form.ts');
const run = promisify(execFile);

test('A14: the client example submits a form over HTTP and waits for the job', async () => {
  const { app, store, temporal } = await testApi();
  await saveSmall(store);
  temporal.onStart = (jobId) => endJob(store, jobId);
  const url = await serveApp(app);
  const { stdout } = await run(process.execPath, [example, url, 'test', 'email=ada@example.com']);
  expect(JSON.parse(stdout)).toEqual({ id: temporal.started[0], outcome: 'completed' });
  await expect(run(process.execPath, [example, url, 'test', 'email=ada'])).rejects.toThrow('the form was refused');
});
