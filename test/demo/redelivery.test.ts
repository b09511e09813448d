/**
 * A delivery that failed and is sent again, with all parts as processes of their own: Temporal's dev server, the API, a
 * worker, the command line, and a receiver that has moved. The worker and the API are killed in between.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { JobViewSchema, type JobView } from '../../workflows/contract/jobs/job-view.ts';
import { countingServer } from '../support/http/counting-server.ts';
import { smallForm } from '../support/definitions.ts';
import { runCommand } from '../client/cli/harness.ts';
import { separateProcesses } from '../support/processes/separate-processes.ts';
import { signingSecret, verified } from '../support/http/signed-webhooks.ts';

test(
  'A13: a delivery to a receiver that has moved fails at once, and is sent again once, over killed processes',
  { timeout: 240_000 },
  async () => {
    let moved = true;
    const receiver = await countingServer((response) => {
      if (moved) response.writeHead(301, { location: '/new?token=s3cret' }).end();
      else response.end();
    });
    const secret = signingSecret();
    const stack = await separateProcesses({
      LODESTONE_ALLOW_PRIVATE_ORIGINS: receiver.origin,
      LODESTONE_SECRET_CRM: secret,
    });
    await stack.startTemporal();
    const [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
    const definition = {
      slug: 'note',
      name: 'Note',
      form: smallForm,
      steps: [{ id: 'note', kind: 'render', template: '# For {{form.email}}' }],
      deliver: [{ id: 'crm', kind: 'webhook', url: `${receiver.origin}/hook`, secret: '{{secret.crm}}' }],
    };
    const send = async (path: string, body: unknown): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${stack.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    };
    await send('/v1/lead-magnets', definition);
    const accepted = await send('/v1/lead-magnets/note/submissions', { form: { email: 'ada@example.com' } });
    const { id } = z.object({ id: z.string() }).parse(accepted);
    const job = async (): Promise<JobView> =>
      JobViewSchema.parse(await (await fetch(`${stack.url}/v1/jobs/${id}`)).json());
    await expect.poll(async () => (await job()).state, { timeout: 60_000 }).toBe('ended');
    expect(await job()).toMatchObject({
      outcome: 'completed',
      deliveries: [{ id: 'crm', state: 'failed', attempts: 1 }],
    });
    const list = await runCommand(stack.url, 'deliveries', 'list', '--state', 'failed');
    expect(list.stdout).toContain(`points to ${receiver.origin}/new?…`);
    expect(list.stdout).not.toContain('s3cret');

    moved = false;
    await worker.kill();
    expect((await runCommand(stack.url, 'deliveries', 'redeliver', id, 'crm')).code).toBe(0);
    expect((await job()).deliveries).toMatchObject([{ state: 'waiting', redeliveries: 1 }]);
    await api.kill();
    await Promise.all([stack.startApi(), stack.startWorker()]);
    await expect.poll(async () => (await job()).deliveries[0]?.state, { timeout: 60_000 }).toBe('delivered');
    const page = await (await fetch(`${stack.url}/deliveries?state=delivered`)).text();
    expect(page).toContain(`${receiver.origin}/hook`);
    const ids = receiver.received.map((received) => verified(secret, received)['webhook-id']);
    expect(ids).toEqual([`${id}/delivery/crm`, `${id}/delivery/crm/1`]);
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body);
  },
);
