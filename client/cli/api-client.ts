/** Jobs and lead magnets over the HTTP API, as the command line uses them. */
import { z } from 'zod';
import {
  ApprovalViewSchema,
  DeliveryLineSchema,
  JobEventSchema,
  JobLineSchema,
  JobViewSchema,
  type ApprovalView,
  type DeliveryLine,
  type JobEvent,
  type JobLine,
  type JobView,
} from '../../workflows/contract/jobs/job-view.ts';
import type { ApiCalls } from './api-calls.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

const SavedSchema = z.object({ slug: z.string(), name: z.string(), version: z.int(), formUrl: z.string() });
export type SavedLeadMagnet = z.infer<typeof SavedSchema>;

const EventsSchema = z.object({ events: z.array(JobEventSchema), cursor: z.int() });

const DeliveryPageSchema = z.object({ deliveries: z.array(DeliveryLineSchema), next: z.string().nullable() });

const OpenApprovalSchema = ApprovalViewSchema.extend({ jobId: z.string() });
export type OpenApproval = z.infer<typeof OpenApprovalSchema>;

export interface Answer {
  readonly decision: 'approve' | 'refuse';
  readonly note?: string | undefined;
  readonly by: string;
}

export interface ApiClient {
  saveLeadMagnet(definition: string): Promise<SavedLeadMagnet & { readonly created: boolean }>;
  listLeadMagnets(): Promise<readonly SavedLeadMagnet[]>;
  submit(slug: string, form: Readonly<Record<string, string>>, idempotencyKey: string | undefined): Promise<JobView>;
  job(id: string): Promise<JobView>;
  jobs(query: Readonly<Record<string, string>>): Promise<readonly JobLine[]>;
  events(id: string, cursor: number): Promise<{ readonly events: readonly JobEvent[]; readonly cursor: number }>;
  cancel(id: string): Promise<JobView>;
  openApprovals(): Promise<readonly OpenApproval[]>;
  answer(jobId: string, requestId: string, answer: Answer): Promise<ApprovalView>;
  deliveries(query: Readonly<Record<string, string>>): Promise<z.infer<typeof DeliveryPageSchema>>;
  /** Has the delivery sent again: the next time, as it stands now. */
  redeliver(jobId: string, deliveryId: string, by: string): Promise<DeliveryLine>;
  artifact(id: string, name: string): Promise<Uint8Array>;
  /** A computer-use run as one HTML file, in parts as they come. */
  replay(id: string, step: string): Promise<AsyncIterable<Uint8Array>>;
}

export function createApiClient({ call, parse, read }: ApiCalls): ApiClient {
  return {
    async saveLeadMagnet(definition) {
      const headers = { 'content-type': 'application/yaml' };
      const response = await call('/v1/lead-magnets', { method: 'POST', body: definition, headers });
      return { ...(await parse(SavedSchema, response)), created: response.status === 201 };
    },
    async listLeadMagnets() {
      return (await read(z.object({ leadMagnets: z.array(SavedSchema) }), '/v1/lead-magnets')).leadMagnets;
    },
    submit: (slug, form, idempotencyKey) =>
      read(JobViewSchema, `/v1/lead-magnets/${encodeURIComponent(slug)}/submissions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        body: JSON.stringify({ form }),
      }),
    job: (id) => read(JobViewSchema, `/v1/jobs/${encodeURIComponent(id)}`),
    async jobs(query) {
      const filter = new URLSearchParams(query).toString();
      return (await read(z.object({ jobs: z.array(JobLineSchema) }), `/v1/jobs?${filter}`)).jobs;
    },
    events: (id, cursor) => read(EventsSchema, `/v1/jobs/${encodeURIComponent(id)}/events?cursor=${cursor}`),
    cancel: (id) => read(JobViewSchema, `/v1/jobs/${encodeURIComponent(id)}/cancel`, { method: 'POST' }),
    async openApprovals() {
      return (await read(z.object({ approvals: z.array(OpenApprovalSchema) }), '/v1/approvals')).approvals;
    },
    answer: (jobId, requestId, answer) =>
      read(ApprovalViewSchema, `/v1/jobs/${encodeURIComponent(jobId)}/approvals/${encodeURIComponent(requestId)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(answer),
      }),
    deliveries: (query) => read(DeliveryPageSchema, `/v1/deliveries?${new URLSearchParams(query).toString()}`),
    redeliver: (jobId, deliveryId, by) =>
      read(
        DeliveryLineSchema,
        `/v1/jobs/${encodeURIComponent(jobId)}/deliveries/${encodeURIComponent(deliveryId)}/redeliver`,
        { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ by }) },
      ),
    async artifact(id, name) {
      const path = `/v1/jobs/${encodeURIComponent(id)}/artifacts/${encodeURIComponent(name)}`;
      return new Uint8Array(await (await call(path)).arrayBuffer());
    },
    async replay(id, step) {
      const { body } = await call(`/jobs/${encodeURIComponent(id)}/steps/${encodeURIComponent(step)}/replay.html`);
      if (body === null) throw new CommandError('The API answered nothing.', exitCodes.unexpected);
      return body;
    },
  };
}
