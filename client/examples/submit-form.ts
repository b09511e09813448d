/**
 * Submits a form over the HTTP API and waits for the job, with types from the API's own document:
 * node client/examples/submit-form.ts http://127.0.0.1:8700 website-audit email=ada@example.com website=https://example.com
 */
import { setTimeout as delay } from 'node:timers/promises';
import createClient from 'openapi-fetch';
import type { paths } from '../openapi/types.d.ts';

const [baseUrl = '', slug = '', ...fields] = process.argv.slice(2);
const form = Object.fromEntries(new URLSearchParams(fields.join('&')));
const api = createClient<paths>({ baseUrl });

const { data: accepted, error } = await api.POST('/v1/lead-magnets/{slug}/submissions', {
  params: { path: { slug } },
  body: { form },
});
if (error !== undefined) throw new Error(`the form was refused: ${error.detail ?? error.title}`);

let job = accepted;
while (job.state !== 'ended') {
  await delay(500);
  const answer = await api.GET('/v1/jobs/{id}', { params: { path: { id: accepted.id } } });
  if (answer.error !== undefined) throw new Error(`the job cannot be read: ${answer.error.title}`);
  job = answer.data;
}
process.stdout.write(`${JSON.stringify({ id: job.id, outcome: job.outcome })}\n`);
