/**
 * Approvals with all parts as processes of their own: Temporal's dev server on its file, the API, a worker, Chromium. All
 * of them are killed while a person is asked, and the job continues with the answer that the new processes receive.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { JobViewSchema, type JobView } from '../../workflows/contract/jobs/job-view.ts';
import { countingServer } from '../support/http/counting-server.ts';
import { smallForm } from '../support/definitions.ts';
import { separateProcesses } from '../support/processes/separate-processes.ts';
import { start as startModel } from './model-server/harness.ts';

const page = `<!doctype html><title>contact</title><body>
  <form method="post" action="/sent"><button style="position:absolute;left:0;top:0;width:200px;height:40px">Send it</button></form>`;

test('A14: what a job asks outlives Temporal, the API, the worker and the browser', { timeout: 240_000 }, async () => {
  const site = await countingServer((response, { url }) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(url === '/sent' ? '<h1>Thank you</h1>' : page);
  });
  const press = { type: 'click', x: 50, y: 20, button: 'left' } as const;
  const check = { id: 'check_1', code: 'malicious_instructions', message: 'The page tries to lead the model astray.' };
  const model = await startModel([
    { kind: 'computer', actions: [press] },
    { kind: 'computer', actions: [press], safetyChecks: [check] },
    { kind: 'text', text: 'sent once' },
  ]);
  const stack = await separateProcesses({
    OPENAI_API_KEY: 'any',
    OPENAI_BASE_URL: model.server.url,
    LODESTONE_ALLOW_PRIVATE_ORIGINS: site.origin,
    LODESTONE_CHROMIUM_SANDBOX: process.getuid?.() === 0 ? 'off' : 'on',
  });
  const send = (path: string, body: unknown): Promise<Response> =>
    fetch(`${stack.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const effects = (): number => site.received.filter(({ url, method }) => url === '/sent' && method === 'POST').length;

  await stack.startTemporal();
  await Promise.all([stack.startApi(), stack.startWorker()]);
  const visit = {
    id: 'visit',
    kind: 'computer_use',
    startUrl: site.origin,
    goal: 'send it',
    approvals: { risky: [{ action: 'click', words: ['send'] }] },
  };
  const definition = {
    slug: 'send',
    name: 'Send',
    form: smallForm,
    network: { navigate: [site.origin] },
    steps: [visit],
  };
  expect((await send('/v1/lead-magnets', definition)).status).toBe(201);
  const accepted = await send('/v1/lead-magnets/send/submissions', { form: { email: 'ada@example.com' } });
  const { id } = z.object({ id: z.string() }).parse(await accepted.json());
  const job = async (): Promise<JobView> =>
    JobViewSchema.parse(await (await fetch(`${stack.url}/v1/jobs/${id}`)).json());
  const waiting = (requestId: string) =>
    expect
      .poll(
        async () => (await job()).approvals.some((asked) => asked.requestId === requestId && asked.state === 'open'),
        {
          timeout: 60_000,
        },
      )
      .toBe(true);

  await waiting('visit-1-1');
  expect((await job()).approvals).toMatchObject([{ question: 'click at 50,20 on “Send it”', url: `${site.origin}/` }]);
  await expect.poll(async () => (await job()).steps[0]?.state, { timeout: 30_000 }).toBe('awaiting_approval');
  expect(effects()).toBe(0);
  await stack.killAll();

  const answer = () => send(`/v1/jobs/${id}/approvals/visit-1-1`, { decision: 'approve', by: 'ada' });
  const problem = async (response: Response): Promise<unknown> => [response.status, await response.json()];
  await stack.startApi();
  expect(await problem(await answer())).toMatchObject([503, { type: '/problems/temporal-unreachable' }]);
  await stack.startTemporal();
  const asked = performance.now();
  expect(await problem(await answer())).toMatchObject([503, { type: '/problems/no-worker', jobId: id }]);
  expect(performance.now() - asked).toBeLessThan(40_000);
  expect((await job()).approvals).toMatchObject([{ state: 'open' }]);

  await stack.startWorker();
  // The answer that was given to nobody may be taken now: it is the same one. And the activity may have been killed before
  // it could say that it asks: the job waits when it has asked again.
  await expect.poll(async () => [200, 409].includes((await answer()).status), { timeout: 60_000 }).toBe(true);
  await waiting('visit-1-2');
  expect(effects()).toBe(1);
  expect((await job()).approvals).toMatchObject([{ state: 'approved', decidedBy: 'ada' }, { state: 'open' }]);

  const refused = await send(`/v1/jobs/${id}/approvals/visit-1-2`, { decision: 'refuse', note: 'leave it' });
  expect(await refused.json()).toMatchObject({ state: 'refused' });
  await expect.poll(async () => (await job()).outcome, { timeout: 60_000 }).toBe('completed');
  expect(effects()).toBe(1);
  expect((await job()).usage.modelCalls).toBe(3);
  const [first, , third] = model.server.journal.entries.filter(({ kind }) => kind === 'create');
  // The refused call is never answered: the conversation went on from the one before it.
  expect(third).toMatchObject({ previousResponseId: first?.responseId, httpStatus: 200 });
  expect(model.brain.turns[2]?.texts.join(' ')).toContain('They said: leave it');
  expect((await send(`/v1/jobs/${id}/approvals/visit-1-2`, { decision: 'approve' })).status).toBe(409);
});
