/** Calls about jobs and lead magnets that several commands make. */
import { answerOf, type Api, type Job } from '../api/client.ts';

/** A lead magnet as it was saved. */
export interface Saved {
  readonly slug: string;
  readonly version: number;
  readonly formUrl: string;
  /** False when the definition equals the newest version, so that no new version is made. */
  readonly created: boolean;
}

/** Saves a definition (YAML text) as the next version. */
export async function saveLeadMagnet(api: Api, definition: string): Promise<Saved> {
  const headers = { 'content-type': 'application/yaml' };
  const call = api.POST('/v1/lead-magnets', { body: definition, bodySerializer: String, headers });
  const saved = await answerOf(call);
  return { ...saved, created: (await call).response.status === 201 };
}

/** Submits a form. The API answers the same job for the same idempotency key. */
export function submitForm(
  api: Api,
  slug: string,
  form: Readonly<Record<string, string>>,
  idempotencyKey: string | undefined,
): Promise<Job> {
  const header = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
  const params = { path: { slug }, header };
  return answerOf(api.POST('/v1/lead-magnets/{slug}/submissions', { params, body: { form } }));
}

export const findJob = (api: Api, id: string): Promise<Job> =>
  answerOf(api.GET('/v1/jobs/{id}', { params: { path: { id } } }));
