/** The headers of Standard Webhooks: the call's id, the time of this attempt, and the signatures. */
import { runInThread } from '../../threads/run-in-thread.ts';
import { signingSecretProblem, signingSecrets } from '../../workflows/contract/deliveries/signing-secret.ts';
import { failure } from '../failure.ts';
import sign from './sign.ts';

/** The package's SHA-256 is JavaScript: larger bodies would block the event loop for more than some 20 ms. */
const mostCharactersInline = 512 * 1024;
const timeoutMilliseconds = 20_000;

export type WebhookHeaders = {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature'?: string;
};

/**
 * `webhook-id` is the same for every attempt of a call. Without a secret there is no signature, but the receiver can
 * still recognise a repeat. Throws `step_definition` for a secret in another format.
 */
export async function webhookHeaders(
  call: { readonly key: string; readonly body: string | null; readonly secret: string | null },
  now: Date,
  signal: AbortSignal,
): Promise<WebhookHeaders> {
  // The scheme separates id, time and body by full stops, so the id contains none.
  const id = call.key.replaceAll('.', '_');
  const timestamp = Math.floor(now.getTime() / 1000);
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp) };
  if (call.secret === null) return headers;
  const problem = signingSecretProblem(call.secret);
  if (problem !== undefined) throw failure('step_definition', `the secret that the webhook is signed with ${problem}`);
  const signing = { secrets: signingSecrets(call.secret), id, timestamp, body: call.body ?? '' };
  const signature =
    signing.body.length <= mostCharactersInline
      ? sign(signing)
      : await runInThread<typeof sign>(new URL('./sign.ts', import.meta.url), signing, { timeoutMilliseconds, signal });
  return { ...headers, 'webhook-signature': signature };
}
