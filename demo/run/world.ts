/** The external services of the demo, all on loopback: a model server, a business's site, a mailbox and a receiver. */
import { join } from 'node:path';
import { startMailCatcher, type MailCatcher } from '../receivers/mail-catcher.ts';
import { createDemoBrain } from '../model-server/brains/demo-brain.ts';
import { startModelServer, type ModelServer } from '../model-server/server.ts';
import { newWebhookSecret } from '../model-server/webhook.ts';
import { startSampleSite, type SampleSite } from '../sample-site/server.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../receivers/webhook-receiver.ts';

export interface World {
  /** Null when the real API is used. */
  readonly model: ModelServer | null;
  readonly site: SampleSite;
  readonly mail: MailCatcher;
  readonly receiver: WebhookReceiver;
  /** Settings that point Lodestone to these services. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startWorld(request: {
  readonly folder: string;
  /** The key of the real API. Without it the model server is used. */
  readonly openAiKey: string | undefined;
  readonly modelLatencyMilliseconds: number;
  /** The address of Lodestone's API: the model server sends it webhooks about ended responses. */
  readonly apiUrl: string;
}): Promise<World> {
  const { folder, openAiKey, modelLatencyMilliseconds: latencyMilliseconds } = request;
  const webhook = { url: `${request.apiUrl}/v1/provider-events`, secret: newWebhookSecret() };
  const brain = createDemoBrain();
  const model = openAiKey === undefined ? await startModelServer({ brain, latencyMilliseconds, webhook }) : null;
  const site = await startSampleSite();
  const mail = await startMailCatcher({ folder: join(folder, 'mail') });
  const webhookSecret = newWebhookSecret();
  const receiver = await startWebhookReceiver({ secret: webhookSecret });
  return {
    model,
    site,
    mail,
    receiver,
    environment: {
      LODESTONE_ALLOW_PRIVATE_ORIGINS: [site.url, new URL(receiver.url).origin].join(','),
      LODESTONE_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      LODESTONE_SECRET_CRM: webhookSecret,
      ...(model === null
        ? {}
        : {
            OPENAI_API_KEY: 'demo',
            OPENAI_BASE_URL: model.url,
            LODESTONE_PROVIDER_WEBHOOK_SECRET: webhook.secret,
          }),
      LODESTONE_WARM_BROWSERS: process.env['LODESTONE_WARM_BROWSERS'] ?? '1',
      // Chromium's sandbox does not work as root. The demo prints a warning, and visits only its own site.
      ...(process.getuid?.() === 0 ? { LODESTONE_CHROMIUM_SANDBOX: 'off' } : {}),
    },
    async close() {
      await Promise.all([site.close(), mail.close(), receiver.close(), model?.close()]);
    },
  };
}
