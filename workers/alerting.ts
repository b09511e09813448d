/** The configured receivers of alerts: for the workers, and for the process that supervises them. */
import { createNotifiers } from '../activities/alerts/notifiers.ts';
import { sendAlerts } from '../activities/alerts/send-alerts.ts';
import { createSmtpMail } from '../activities/deliveries/smtp-mail.ts';
import { createGuardedHttp, type GuardedHttp } from '../activities/http/guarded-fetch.ts';
import type { Mail, Notifier } from '../activities/ports.ts';
import type { Stores } from '../store/store.ts';
import { defaultTenant } from '../workflows/contract/names.ts';
import type { WorkerSettings } from './config.ts';

export function notifiersOf(
  settings: WorkerSettings,
  clients: { readonly stores: Stores; readonly mail: Mail; readonly http: GuardedHttp },
): readonly Notifier[] {
  const { mail, http, stores } = clients;
  const allowPrivateOrigins = settings.LODESTONE_ALLOW_PRIVATE_ORIGINS;
  return createNotifiers(
    { ledger: stores.forTenant(defaultTenant).ledger, mail, http, allowPrivateOrigins },
    {
      mailTo: settings.LODESTONE_ALERT_MAIL,
      url: settings.LODESTONE_ALERT_URL,
      secret: settings.LODESTONE_ALERT_SECRET,
    },
  );
}

const patienceMilliseconds = 15_000;

/** Sends one alert that the installation ends because a part was given up. Never fails: it reports errors by `say`. */
export async function alertOfGivenUp(
  settings: WorkerSettings,
  stores: Stores,
  problem: unknown,
  say: (line: string) => void,
): Promise<void> {
  const allowPrivateOrigins = settings.LODESTONE_ALLOW_PRIVATE_ORIGINS;
  const mail = createSmtpMail({ url: settings.LODESTONE_SMTP_URL, from: settings.LODESTONE_MAIL_FROM });
  const notifiers = notifiersOf(settings, { stores, mail, http: createGuardedHttp({ allowPrivateOrigins }) });
  const onFailure = (name: string, _alert: unknown, error: unknown): void =>
    say(`people could not be told by ${name} that the installation ends: ${String(error)}`);
  // A process's last output may contain anything; people only get the sentence before it.
  const [sentence = ''] = (problem instanceof Error ? problem.message : String(problem)).split('\n');
  const alert = {
    key: 'part_given_up',
    type: 'part_given_up',
    batchId: null,
    message: `the installation has stopped: ${sentence}`,
    since: new Date().toISOString(),
  } as const;
  try {
    await sendAlerts({ notifiers, now: Date.now, onFailure }, [alert], AbortSignal.timeout(patienceMilliseconds));
  } catch (error) {
    say(`people could not be told that the installation ends: ${String(error)}`);
  } finally {
    mail.close();
  }
}
