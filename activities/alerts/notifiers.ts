/**
 * Alerts by mail and by webhook. Both are sent again under the same key when it is unknown whether they arrived: an
 * alert that arrives twice does no harm, a lost one does. Only a mail that the server has received completely is not
 * repeated.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { StandingAlert } from '../../store/platform/alerts.ts';
import type { Ledger } from '../../store/jobs/ledger.ts';
import { urlProblem } from '../../workflows/contract/computer-use/network.ts';
import { failure } from '../failure.ts';
import type { GuardedHttp } from '../http/guarded-fetch.ts';
import type { Mail, Notifier } from '../ports.ts';
import { callWebhook } from '../webhook/call.ts';

export interface NotifierDependencies {
  readonly ledger: Ledger;
  readonly mail: Mail;
  readonly http: GuardedHttp;
  readonly allowPrivateOrigins: readonly string[];
}

const webhookTimeoutSeconds = 10;

/** The configured notifiers: none, one or both. */
export function createNotifiers(
  dependencies: NotifierDependencies,
  settings: {
    readonly mailTo: readonly string[];
    readonly url: string | undefined;
    readonly secret: string | undefined;
  },
): readonly Notifier[] {
  const { mailTo, url, secret } = settings;
  return [
    ...(mailTo.length === 0 ? [] : [mailNotifier(dependencies, mailTo.join(', '))]),
    ...(url === undefined ? [] : [webhookNotifier(dependencies, url, secret ?? null)]),
  ];
}

function mailNotifier({ ledger, mail }: NotifierDependencies, to: string): Notifier {
  return {
    name: 'mail',
    async notify(key, alert, signal) {
      if (await isSettled(ledger, key)) return;
      const row = { key, jobId: alert.batchId ?? platform, kind: 'alert', data: { to } };
      await ledger.write({ ...row, state: 'intended' });
      const subject = `Lodestone alert: ${alert.message}`;
      let refused: readonly string[];
      try {
        ({ refused } = await mail.send(
          { key, to, subject, text: mailText(alert), html: null, attachments: [] },
          signal,
        ));
      } catch (error) {
        const type = error instanceof ApplicationFailure ? error.type : undefined;
        if (type === 'receiver_refused') await ledger.write({ ...row, state: 'failed' });
        if (type === 'effect_uncertain') await ledger.write({ ...row, state: 'uncertain' });
        throw error;
      }
      await ledger.write({ ...row, state: 'done', data: { to, refused } });
      // Recorded once: the other receivers have the alert, so it is not sent again.
      if (refused.length > 0) throw failure('receiver_refused', `the alert did not reach all: ${refused.join('; ')}`);
    },
  };
}

function webhookNotifier(
  { ledger, http, allowPrivateOrigins }: NotifierDependencies,
  url: string,
  secret: string | null,
): Notifier {
  return {
    name: 'webhook',
    async notify(key, alert, signal) {
      if (await isSettled(ledger, key)) return;
      const { type, batchId, message, since } = alert;
      const call = {
        key,
        jobId: batchId ?? platform,
        url,
        method: 'POST',
        headers: {},
        // Chat services show `text`.
        body: JSON.stringify({
          type: 'alert',
          text: `Lodestone: ${message}`,
          alert: { type, batchId, message, since },
        }),
        secret,
        timeoutSeconds: webhookTimeoutSeconds,
        permits: (next: string) => urlProblem(next, { allowPrivateOrigins }),
      };
      await callWebhook({ http, ledger }, call, signal);
    },
  };
}

/** The ledger's job id for alerts that concern no batch. */
const platform = 'platform';

async function isSettled(ledger: Ledger, key: string): Promise<boolean> {
  const row = await ledger.find(key);
  return row !== null && row.state !== 'intended';
}

function mailText(alert: StandingAlert): string {
  const { message, since } = alert;
  return `${message}.\n\nIt stands since ${since}, and is told once a day until it is over.\nTo look: ${whereToLook(alert)}\n`;
}

function whereToLook({ type, batchId }: StandingAlert): string {
  if (type === 'parts_died') return 'the page /platform';
  if (type === 'part_given_up') return 'what npm start wrote';
  if (type === 'experiments_failing' || type === 'experiments_waiting') return 'the page /experiments';
  if (type === 'disk_filling') return 'df on the machine that has LODESTONE_DATA_DIR';
  return batchId === null ? 'lodestone batch list' : `lodestone batch show ${batchId}`;
}
