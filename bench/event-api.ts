/** An API beside a model server, which receives its events. */
import { join } from 'node:path';
import type { WebhookOptions } from '../demo/model-server/webhook.ts';
import { startChild, type Child } from '../workers/local/child.ts';

/** `environment` is the workers': the API shares their store. Its address is the one that `webhook` names. */
export async function startEventApi(
  webhook: WebhookOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Child> {
  return startChild({
    name: 'api',
    file: join(import.meta.dirname, '..', 'client/api/main.ts'),
    environment: {
      ...environment,
      LODESTONE_API_PORT: new URL(webhook.url).port,
      LODESTONE_PROVIDER_WEBHOOK_SECRET: webhook.secret,
    },
  });
}
