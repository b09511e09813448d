/** Sends a delivery by mail, at most once under its key: no mail server can tell a repeat. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Store } from '../../store/store.ts';
import type { DeliveryActivityInput } from '../../workflows/contract/job.ts';
import type { JsonObject } from '../../workflows/contract/json.ts';
import type { EmailDelivery } from '../../workflows/contract/lead-magnet.ts';
import { fillTemplate } from '../../workflows/contract/template.ts';
import { failure } from '../failure.ts';
import type { GuardedHttp } from '../http/guarded-fetch.ts';
import type { Mail } from '../ports.ts';
import { mailBody } from './mail-body.ts';
import { recipientsProblem } from './recipients.ts';
import type { Sent } from './sent.ts';

export async function sendEmail(
  { store, mail, http }: { readonly store: Store; readonly mail: Mail; readonly http: GuardedHttp },
  input: DeliveryActivityInput,
  mailing: { readonly delivery: EmailDelivery; readonly key: string; readonly data: JsonObject; readonly to: string },
): Promise<Sent> {
  const { delivery, key, data, to } = mailing;
  const problem = recipientsProblem(delivery.to, to);
  if (problem !== undefined) throw failure('step_definition', `the mail is not sent: ${problem}`);
  const row = { key, jobId: input.job.id, kind: 'email', data: { to } };
  const before = await store.ledger.find(key);
  if (before?.state === 'done') return { way: '', refused: [] };
  if (before?.state === 'intended' || before?.state === 'uncertain') {
    await store.ledger.write({ ...row, state: 'uncertain' });
    throw failure(
      'effect_uncertain',
      `a mail to ${to} was being sent when an attempt was cut off; it may have arrived`,
    );
  }
  const attachments = await Promise.all(delivery.attach.map((name) => attachment(store, input, name)));
  const body = await mailBody({ store, http }, input, delivery, data);
  const subject = fillTemplate(delivery.subject, data, 'text').replaceAll(/\s+/g, ' ');
  await store.ledger.write({ ...row, state: 'intended' });
  const message = { key, to, subject, ...body, attachments: [...attachments, ...body.attachments] };
  const { refused } = await mail.send(message, Context.current().cancellationSignal).catch(async (error: unknown) => {
    const state = isCertain(error) ? 'failed' : 'uncertain';
    await store.ledger.write({ ...row, state });
    throw state === 'failed' ? error : uncertain(to, error);
  });
  await store.ledger.write({ ...row, state: 'done', data: { to, refused } });
  return { way: '', refused };
}

/** Whether the mail was not taken for certain: only then may it be sent again. */
function isCertain(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type !== 'effect_uncertain';
}

function uncertain(to: string, error: unknown): Error {
  if (error instanceof ApplicationFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return failure('effect_uncertain', `a mail to ${to} may have arrived: ${message}`, { cause: error });
}

async function attachment(
  store: Store,
  input: DeliveryActivityInput,
  name: string,
): Promise<{ name: string; mediaType: string; content: Uint8Array }> {
  const artifact = input.artifacts.find((candidate) => candidate.name === name);
  if (artifact === undefined) throw failure('step_definition', `no step of this job made ${name}`);
  return { name, mediaType: artifact.mediaType, content: await store.artifacts.getContent(artifact.sha256) };
}
