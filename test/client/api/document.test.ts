/** The API's own document. The other tests hold every answer against it. */
import { expect, test } from 'vitest';
import { readDocument } from './document-check.ts';
import { testApi } from './harness.ts';

const replay = '/jobs/:id/steps/:stepId/replay';
const control = '/jobs/:id/steps/:stepId/control';
const pages = [
  '/',
  '/f/:slug',
  '/f/:slug/embed',
  '/f/:slug/embed/sent/:jobId',
  '/jobs/:id',
  '/jobs/:id/fragment',
  '/jobs/:id/cancel',
  '/jobs/:id/approvals/:requestId',
  replay,
  `${replay}/turns`,
  `${replay}.html`,
  control,
  `${control}/fragment`,
  '/batches',
  '/batches/:id',
  '/batches/:id/fragment',
  ...[
    'start',
    'estimate',
    'pause',
    'resume',
    'cancel',
    'limits',
    'append',
    'items-preview',
    'retry-failed',
    'delete',
  ].map((verb) => `/batches/:id/${verb}`),
  '/tool-requests',
  '/tool-requests/:id',
  '/tool-requests/:id/fragment',
  '/tool-requests/:id/cancel',
  '/insights',
  '/experiments',
  '/experiments/new',
  '/experiments/:id',
  '/experiments/:id/fragment',
  '/experiments/:id/cancel',
  '/experiments/:id/rerun',
  '/audits',
  '/platform',
  '/limits',
  '/limits/rollback',
  '/limits/proposals/:number',
  '/deliveries',
  '/jobs/:id/deliveries/:deliveryId/redeliver',
  '/platform/stop',
  '/platform/resume',
  '/reference',
  '/openapi.json',
];

test('A14: every route of the API is in its OpenAPI 3.1 document, and nothing else is', async () => {
  const { app } = await testApi();
  const { openapi, paths } = await readDocument(app);
  expect(openapi).toBe('3.1.0');
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  const routes = app.routes.filter(({ method, path }) => method !== 'ALL' && !pages.includes(path));
  expect(documented.sort()).toEqual([...new Set(routes.map(({ method, path }) => `${method} ${path}`))].sort());
});

test('the reference page loads only what is there', async () => {
  const { app } = await testApi();
  const text = await (await app.request('/reference')).text();
  const addresses = [...text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, address]) => address ?? '');
  expect(addresses).toContain('/reference/assets/swagger-ui-bundle.js');
  for (const address of addresses) expect((await app.request(address)).status, address).toBe(200);
});

test('the schema for editors is published', async () => {
  const { ask } = await testApi();
  const response = await ask('/schemas/lead-magnet.json');
  expect(await response.json()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
  });
});

test('a method that an address does not take is answered 405 with those it takes', async () => {
  const { ask } = await testApi();
  const response = await ask('/v1/jobs', { method: 'DELETE' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, HEAD');
  expect((await ask('/v1/nothing', { method: 'POST' })).status).toBe(404);
});

test('HEAD answers as GET does, without a body', async () => {
  const { ask, acceptedJob } = await testApi();
  const id = await acceptedJob();
  const events = await ask(`/v1/jobs/${id}/events`, { method: 'HEAD', headers: { accept: 'text/event-stream' } });
  expect(events.status).toBe(200);
  expect(events.headers.get('content-type')).toContain('application/json');
  expect(await events.text()).toBe('');
});

test("a change that another site's page asks for in a visitor's browser is refused", async () => {
  const { post, acceptedJob, ask, temporal } = await testApi();
  const id = await acceptedJob();
  const crossSite = await post('/v1/lead-magnets', {}, { 'sec-fetch-site': 'cross-site' });
  expect(crossSite.status).toBe(403);
  const origin = { origin: 'https://evil.example', host: 'jobs.example.com' };
  expect((await ask(`/v1/jobs/${id}/cancel`, { method: 'POST', headers: origin })).status).toBe(403);
  expect(temporal.cancelled).toEqual([]);
});
