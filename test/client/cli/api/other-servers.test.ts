/** The command against servers that are not Lodestone's API, or of another version of it. */
import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createApi } from '../../../../client/cli/api/client.ts';
import { endedExperiment } from '../../../support/experiments/answers.ts';
import { servedFolder, runCommand as run } from '../harness.ts';

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

const answering = (body: string): Promise<string> => serving((_request, response) => response.end(body));

test('an answer in another form than the API document says is exit 7, with the place that differs', async () => {
  const url = await answering(JSON.stringify({ jobs: [{ id: 7 }] }));
  const { code, stdout, stderr } = await run(url, 'jobs', 'list');
  expect([code, stdout]).toEqual([7, '']);
  expect(stderr).toContain('GET /v1/jobs in another form than this command knows (/jobs/0');
  expect(stderr).toContain('of the same version?');
});

test('an answer that is no JSON, or empty, is exit 7', async () => {
  for (const body of ['<html>', '']) {
    const { code, stderr } = await run(await answering(body), 'batch', 'show', 'batch_1', '--json');
    expect([body, code, stderr]).toEqual([body, 7, expect.stringContaining('GET /v1/batches/{id}')]);
  }
});

test('an API of a newer version, which answers more, is understood', async () => {
  const { app, acceptedJob } = await servedFolder();
  const id = await acceptedJob();
  const url = await serving((request, response) => {
    void (async () => {
      const answer: unknown = await (await app.request(request.url ?? '/')).json();
      response.end(JSON.stringify({ ...Object(answer), addedLater: { is: 'unknown here' } }));
    })();
  });
  const { code, stdout } = await run(url, 'jobs', 'show', id, '--json');
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { jobId: id, state: 'accepted' }]);
});

test('an answer that is the last of several alternatives is understood, with properties that only it has', async () => {
  const video = { kind: 'stored', format: 'frames', sha256: 'a'.repeat(64), framesPerSecond: 24, addedLater: 1 };
  const url = await answering(JSON.stringify({ ...endedExperiment, spec: { ...endedExperiment.spec, video } }));
  const { data } = await createApi(url).GET('/v1/experiments/{id}', { params: { path: { id: 'experiment_1' } } });
  expect(data?.spec.video).toEqual(video);
});
