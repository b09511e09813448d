/** Sends standing alerts to people: each alert once, and again for every day that it stands. */
import type { StandingAlert } from '../../store/platform/alerts.ts';
import type { Notifier } from '../ports.ts';

export interface SendAlertsDependencies {
  readonly notifiers: readonly Notifier[];
  readonly now: () => number;
  readonly onFailure: (notifier: Notifier['name'], alert: StandingAlert, error: unknown) => void;
}

const day = 24 * 3_600_000;
/** A receiver that does not answer must not delay the work that the alerts are about. */
const patienceMilliseconds = 60_000;

/** Never fails because of a notification: returns how many could not be sent. The next run tries them again. */
export async function sendAlerts(
  { notifiers, now, onFailure }: SendAlertsDependencies,
  alerts: readonly StandingAlert[],
  signal: AbortSignal,
): Promise<number> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMilliseconds)]);
  const counts = await Promise.all(
    notifiers.map(async (notifier) => {
      let unsent = 0;
      for (const alert of alerts) {
        const days = Math.floor((now() - Date.parse(alert.since)) / day);
        const key = `alert/${alert.key}/${alert.since}/${days}/${notifier.name}`;
        try {
          patience.throwIfAborted();
          await notifier.notify(key, alert, patience);
        } catch (error) {
          signal.throwIfAborted();
          unsent += 1;
          onFailure(notifier.name, alert, error);
        }
      }
      return unsent;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
