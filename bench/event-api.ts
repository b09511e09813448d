/** An API beside a model server, which takes what that tells of by itself. */
import { join } from 'node:path';
import type { WebhookOptions } from '../demo/model-server/webhook.ts';
import { startChild, type Child } from '../workers/local/child.ts';

/** `environment` is the workers': the API shares their store. The address is the one that `webhook` names. */
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
