/** The API as tests use it: the real app over a real store, and a fake Temporal that the test controls. */
import { randomBytes } from 'node:crypto';
import { serve } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../client/api/app.ts';
import type { ApiDependencies } from '../../../client/api/dependencies.ts';
import { createApiMetrics } from '../../../client/api/metrics/metrics.ts';
import { createFormTokens } from '../../../client/api/embed/form-token.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import { aiStep, jobInput, leadMagnet, smallForm } from '../../support/definitions.ts';
import { type TestStore, temporaryStore } from '../../support/temporary-store.ts';
import { checkAgainstDocument } from './document-check.ts';
import {
  fakeBatches,
  fakeExperiments,
  fakeLimits,
  fakeTemporal,
  fakeTools,
  type FakeBatches,
  type FakeExperiments,
  type FakeLimits,
  type FakeTemporal,
  type FakeTools,
} from './fake-temporal.ts';

export interface Api {
  readonly app: OpenAPIHono;
  /** What the app was made of. */
  readonly dependencies: ApiDependencies;
  readonly store: TestStore;
  readonly temporal: FakeTemporal;
  readonly batches: FakeBatches;
  readonly tools: FakeTools;
  readonly experiments: FakeExperiments;
  readonly limits: FakeLimits;
  /** Asks the app, and checks what is under the document against it. */
  readonly ask: (path: string, init?: RequestInit & { readonly from?: string }) => Promise<Response>;
  /** The same with a JSON body. */
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
  /** Lets the API's clock go on. */
  readonly pass: (milliseconds: number) => void;
  /** Saves a small lead magnet and submits it. Returns the job's id. */
  readonly acceptedJob: (parts?: JsonObject) => Promise<string>;
  /** The same, and its workflow has begun. */
  readonly runningJob: () => Promise<string>;
}

export async function testApi(chosen: Partial<ApiDependencies> = {}): Promise<Api> {
  const store = await temporaryStore();
  const temporal = fakeTemporal();
  const batches = fakeBatches();
  const tools = fakeTools();
  const experiments = fakeExperiments();
  const limits = fakeLimits();
  let aheadMilliseconds = 0;
  const now = (): Date => new Date(Date.now() + aheadMilliseconds);
  const dependencies: ApiDependencies = {
    store,
    acrossTenants: store.acrossTenants,
    jobs: temporal,
    batches,
    tools,
    experiments,
    limits,
    toolChoices: {},
    conversationHours: 24,
    fileLimits: { roots: [], fileBytes: 5 * 2 ** 20, requestBytes: 20 * 2 ** 20 },
    metrics: createApiMetrics({ store, acrossTenants: store.acrossTenants, now }),
    apiExportsMetrics: false,
    log: pino({ enabled: false }),
    traces: null,
    formTokens: createFormTokens(randomBytes(32), now),
    publicUrl: 'https://jobs.example.com',
    aiQueue: 'jobs',
    allowPrivateOrigins: [],
    trustedProxies: [],
    allowedHosts: [],
    remoteMcp: false,
    providerWebhookSecret: undefined,
    now,
    temporalUi: { url: 'http://127.0.0.1:8233', namespace: 'default' },
    ...chosen,
  };
  const app = createApp(dependencies);
  const ask: Api['ask'] = async (path, { from = '203.0.113.9', ...init } = {}) => {
    const response = await app.request(path, init, { incoming: { socket: { remoteAddress: from } } });
    await checkAgainstDocument(app, path, init.method ?? 'GET', response);
    return response;
  };
  const post: Api['post'] = (path, body, headers = {}) =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const acceptedJob: Api['acceptedJob'] = async (parts = {}) => {
    await saveSmall(store, parts);
    const response = await post('/v1/lead-magnets/test/submissions', { form: { email: 'ada@example.com' } });
    return z.object({ id: z.string() }).parse(await response.json()).id;
  };
  return {
    app,
    dependencies,
    store,
    temporal,
    batches,
    tools,
    experiments,
    limits,
    ask,
    post,
    pass(milliseconds) {
      aheadMilliseconds += milliseconds;
    },
    acceptedJob,
    async runningJob() {
      const id = await acceptedJob();
      const input = jobInput({ form: smallForm, steps: [aiStep('look')] });
      await store.jobs.open(id, input, new Date());
      return id;
    },
  };
}

export async function saveSmall(store: TestStore, parts: JsonObject = {}): Promise<void> {
  await store.leadMagnets.save(leadMagnet({ form: smallForm, steps: [aiStep('look')], ...parts }), new Date());
}

/** A step of a job asks a person, as a worker would. Returns the question's id. */
export async function askApproval(store: TestStore, jobId: string, number = 1, stepId = 'look'): Promise<string> {
  const requestId = `${stepId}-1-${number}`;
  const content = Buffer.from(onePixel, 'base64');
  const picture = { name: `${requestId}.png`, mediaType: 'image/png', content, deliverable: false };
  const { name, sha256 } = await store.artifacts.put({ jobId, stepId, ...picture });
  const request = {
    requestId,
    callId: `call_${number}`,
    question: `click at ${number},1 on “Send <now>”`,
    url: 'https://site.example/contact',
    screenshot: { name, sha256 },
    expiresAfterSeconds: 3600,
  };
  await store.approvals.ask({ jobId, stepId, request, now: new Date() });
  return requestId;
}

const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** Ends a job as a worker would: its steps done, its end and the event of it in the store. */
export async function endJob(
  store: TestStore,
  jobId: string,
  outcome: 'completed' | 'failed' = 'completed',
): Promise<void> {
  const at = new Date();
  const job = await store.jobViews.find(jobId);
  for (const step of job?.steps ?? []) {
    const state = outcome === 'completed' ? 'succeeded' : 'failed';
    const change = { jobId, stepId: step.id, generation: 1, sequence: 1, attempt: 1, at: at.toISOString() };
    await store.jobs.changeStep({ ...change, state: 'running' });
    await store.jobs.changeStep({ ...change, state });
  }
  const reason = outcome === 'completed' ? null : { type: 'budget' as const, message: 'The budget of $0.50 is spent.' };
  await store.jobs.decide(jobId, outcome, reason);
  await store.jobs.close(jobId, outcome, reason, at);
  await store.events.append({ jobId, type: 'job.ended', message: outcome });
}

export const ProblemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  jobId: z.string().optional(),
  requestId: z.string().optional(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/** The problem of a refusal. Throws when the answer is none. */
export async function problemOf(response: Response): Promise<z.infer<typeof ProblemBody>> {
  const type = response.headers.get('content-type');
  if (type !== 'application/problem+json') throw new Error(`answered ${response.status} as ${type}`);
  return ProblemBody.parse(await response.json());
}

/** Serves the app on loopback until the test is over. Returns its address. */
export function serveApp(app: OpenAPIHono, wanted = 0): Promise<string> {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: wanted }, ({ port }) => {
      resolve(`http://127.0.0.1:${port}`);
    });
    onTestFinished(() => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
    });
  });
}
