/** The API as tests use it: the real app over a real store, and a fake Temporal that the test controls. */
import { randomBytes } from 'node:crypto';
import { serve } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../client/api/app.ts';
import type { BatchOrder, BatchTemporal, OrderTaken } from '../../../client/api/batches/batch-temporal.ts';
import type { ApiDependencies } from '../../../client/api/dependencies.ts';
import { createFormTokens } from '../../../client/api/embed/form-token.ts';
import type { AnswerTaken, JobStarter } from '../../../client/api/jobs/job-starter.ts';
import { TemporalUnreachable } from '../../../client/api/temporal-calls.ts';
import type { ApprovalAnswer } from '../../../workflows/contract/computer-use/approvals.ts';
import type { ToolTemporal } from '../../../client/api/tools/tool-temporal.ts';
import type { ToolRequestInput } from '../../../workflows/contract/tools/tool-request.ts';
import type { BatchView } from '../../../workflows/contract/batches/schema.ts';
import type { RedeliveryInput } from '../../../workflows/contract/jobs/job.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import { aiStep, jobInput, leadMagnet, smallForm } from '../../support/definitions.ts';
import { type TestStore, temporaryStore } from '../../support/temporary-store.ts';
import { checkAgainstDocument } from './document-check.ts';

export interface FakeTemporal extends JobStarter {
  readonly started: string[];
  readonly cancelled: string[];
  readonly redelivered: RedeliveryInput[];
  reachable: boolean;
  readonly answered: ApprovalAnswer[];
  /** How a job takes an answer; it may throw, as the real one does. */
  onAnswer: (answer: ApprovalAnswer) => AnswerTaken;
  /** What happens when a job starts, as a worker would do it. */
  onStart: (jobId: string) => Promise<void>;
  /** What happens while Temporal is asked to cancel a job, whether or not it runs the job. */
  onCancel: (jobId: string) => Promise<void>;
}

export function fakeTemporal(): FakeTemporal {
  const fake: FakeTemporal = {
    started: [],
    cancelled: [],
    redelivered: [],
    reachable: true,
    answered: [],
    onAnswer: () => ({ as: 'taken', message: '' }),
    onStart: async () => undefined,
    onCancel: async () => undefined,
    async start(jobId) {
      if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
      fake.started.push(jobId);
      await fake.onStart(jobId);
    },
    async redeliver(redelivery) {
      if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
      fake.redelivered.push(redelivery);
    },
    async cancel(jobId) {
      if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
      await fake.onCancel(jobId);
      if (!fake.started.includes(jobId)) return false;
      fake.cancelled.push(jobId);
      return true;
    },
    async answer(_jobId, answer) {
      if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
      fake.answered.push(answer);
      return fake.onAnswer(answer);
    },
  };
  return fake;
}

export interface FakeBatches extends BatchTemporal {
  reachable: boolean;
  /** Batches that were begun, as they stood then. */
  readonly started: BatchView[];
  readonly orders: BatchOrder[];
  readonly woken: string[];
  /** What a workflow does when it begins. */
  onStart: (batch: BatchView) => Promise<void>;
  /** How a workflow takes an order. */
  onOrder: (id: string, order: BatchOrder) => Promise<OrderTaken>;
}

export function fakeBatches(): FakeBatches {
  const reach = (): void => {
    if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
  };
  const fake: FakeBatches = {
    reachable: true,
    started: [],
    orders: [],
    woken: [],
    onStart: async () => undefined,
    onOrder: async () => ({ as: 'taken', message: '' }),
    async start(batch) {
      reach();
      fake.started.push(batch);
      await fake.onStart(batch);
    },
    async order(id, order) {
      reach();
      fake.orders.push(order);
      return fake.onOrder(id, order);
    },
    async wake(id) {
      reach();
      fake.woken.push(id);
    },
  };
  return fake;
}

export interface FakeTools extends ToolTemporal {
  reachable: boolean;
  readonly started: ToolRequestInput[];
  readonly cancelled: string[];
  /** What the workflow does when it begins. */
  onStart: (input: ToolRequestInput) => Promise<void>;
}

export function fakeTools(): FakeTools {
  const fake: FakeTools = {
    reachable: true,
    started: [],
    cancelled: [],
    onStart: async () => undefined,
    async start(input) {
      if (!fake.reachable) throw new TemporalUnreachable('Temporal at nowhere:7233 does not answer: refused');
      fake.started.push(input);
      await fake.onStart(input);
    },
    isStarted: async (id) => fake.started.some(({ requestId }) => requestId === id),
    cancel: async (id) => void fake.cancelled.push(id),
  };
  return fake;
}

export interface Api {
  readonly app: OpenAPIHono;
  /** What the app was made of. */
  readonly dependencies: ApiDependencies;
  readonly store: TestStore;
  readonly temporal: FakeTemporal;
  readonly batches: FakeBatches;
  readonly tools: FakeTools;
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
  let aheadMilliseconds = 0;
  const now = (): Date => new Date(Date.now() + aheadMilliseconds);
  const dependencies: ApiDependencies = {
    store,
    acrossTenants: store.acrossTenants,
    jobs: temporal,
    batches,
    tools,
    toolChoices: {},
    conversationHours: 24,
    fileLimits: { roots: [], fileBytes: 5 * 2 ** 20, requestBytes: 20 * 2 ** 20 },
    log: pino({ enabled: false }),
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
