/** Sends a delivery by mail, at most once under its key: mail servers cannot recognise a repeat. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { LedgerRow } from '../../store/jobs/ledger.ts';
import type { Store } from '../../store/store.ts';
import type { DeliveryActivityInput } from '../../workflows/contract/jobs/job.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import type { EmailDelivery } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { fillTemplate } from '../../workflows/contract/lead-magnets/template.ts';
import { failure } from '../failure.ts';
import type { GuardedHttp } from '../http/guarded-fetch.ts';
import type { Mail } from '../ports.ts';
import { mailBody } from './mail-body.ts';
import { recipientsProblem } from './recipients.ts';
import type { Sent } from './sent.ts';

/** The receivers that the mail server refused, as stored in the ledger. */
const RefusedSchema = z.object({ refused: z.array(z.string()).default([]) });

export async function sendEmail(
  { store, mail, http }: { readonly store: Store; readonly mail: Mail; readonly http: GuardedHttp },
  input: DeliveryActivityInput,
  mailing: { readonly delivery: EmailDelivery; readonly key: string; readonly data: JsonObject; readonly to: string },
): Promise<Sent> {
  const { delivery, key, data, to } = mailing;
  const problem = recipientsProblem(delivery.to, to);
  if (problem !== undefined) throw failure('step_definition', `the mail is not sent: ${problem}`);
  const row = { key, jobId: input.job.id, kind: 'email', data: { to } };
  const sent = await sentBefore(store, row, await store.ledger.find(key));
  if (sent !== null) return sent;
  const attachments = await Promise.all(delivery.attach.map((name) => attachment(store, input, name)));
  const body = await mailBody({ store, http }, input, delivery, data);
  const subject = fillTemplate(delivery.subject, data, 'text').replaceAll(/\s+/g, ' ');
  // Another attempt may have sent it while this one composed the mail or its process stood still.
  const sentMeanwhile = await sentBefore(store, row, await store.ledger.claim(row));
  if (sentMeanwhile !== null) return sentMeanwhile;
  const message = { key, to, subject, ...body, attachments: [...attachments, ...body.attachments] };
  const { refused } = await mail.send(message, Context.current().cancellationSignal).catch(async (error: unknown) => {
    const state = isCertain(error) ? 'failed' : 'uncertain';
    await store.ledger.write({ ...row, state });
    throw state === 'failed' ? error : uncertain(to, error);
  });
  await store.ledger.write({ ...row, state: 'done', data: { to, refused } });
  return { way: '', refused };
}

type Row = Parameters<Store['ledger']['claim']>[0] & { readonly data: { readonly to: string } };

/** What an earlier attempt has done; null when it sent nothing. Throws when that is unknown. */
async function sentBefore({ ledger }: Store, row: Row, before: LedgerRow | null): Promise<Sent | null> {
  if (before === null || before.state === 'failed') return null;
  if (before.state === 'done') return { way: '', refused: RefusedSchema.parse(before.data).refused };
  await ledger.write({ ...row, state: 'uncertain' });
  const { to } = row.data;
  throw failure('effect_uncertain', `a mail to ${to} was being sent when an attempt was cut off; it may have arrived`);
}

/** Whether the mail was certainly not accepted: only then may it be sent again. */
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
