/**
 * Where the model provider tells of what has ended. A response is written down and nothing else, so that the provider has
 * its answer at once; workers look at what is written. A batch of the batch API wakes the economy batch that waits for it.
 */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { changeRefusals, problem } from '../http/documented-answers.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';
import { createEventChecker, endTypes, readEvent, type ProviderEnd } from './provider-events.ts';

export const providerEventsPath = '/v1/provider-events';
/** An event names what has ended and holds nothing of it. */
const maximumBytes = 16 * 1024;

const BodySchema = z.looseObject({
  type: z.string().describe(`${endTypes.join(', ')}; others are taken and ignored`),
  data: z.looseObject({ id: z.string().optional().describe('of the response or the batch') }).optional(),
});

const route = createRoute({
  method: 'post',
  path: providerEventsPath,
  tags: ['Operation'],
  summary: 'What the model provider tells of: responses and batches that have ended',
  description:
    'For a webhook endpoint at OpenAI, whose events are signed by the Standard Webhooks scheme. The same event again changes nothing.',
  request: {
    // Not as JSON, which would be parsed before its signature is checked.
    body: { required: true, content: { '*/*': { schema: BodySchema } } },
  },
  responses: {
    204: { description: 'Taken' },
    ...changeRefusals,
    400: problem('Signed, but no event'),
    401: problem('The signature is missing, wrong, or older than 5 minutes'),
    413: problem('Above 16 KiB'),
    501: problem('Not configured: set LODESTONE_PROVIDER_WEBHOOK_SECRET'),
    503: problem('Temporal cannot be reached to wake the batch; the provider sends the event again'),
  },
});

export function addProviderEventRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { acrossTenants, log, now, providerWebhookSecret } = dependencies;
  const check = providerWebhookSecret === undefined ? null : createEventChecker(providerWebhookSecret);
  app.use(
    providerEventsPath,
    bodyLimit({
      maxSize: maximumBytes,
      onError: () => {
        throw new ProblemError('too-large', `an event may have at most ${maximumBytes} bytes`);
      },
    }),
  );
  app.openapi(route, async (context) => {
    if (check === null) {
      throw new ProblemError('not-configured', 'set LODESTONE_PROVIDER_WEBHOOK_SECRET to the secret of the endpoint');
    }
    const body = await context.req.text();
    const signed = await check(body, context.req.raw.headers);
    if (!signed.ok) {
      log.warn({ reason: signed.reason }, 'an event that claims to be from the model provider was refused');
      throw new ProblemError('wrong-signature', signed.reason);
    }
    const ended = readSigned(body);
    if (ended?.of === 'batch') await wakeBatchOf(dependencies, ended.id);
    if (ended?.of === 'response') {
      await acrossTenants.providerEvents.record({ responseId: ended.id, type: ended.type, now: now().getTime() });
    }
    return context.body(null, 204);
  });
}

/** The batch would look by itself in time: nothing is lost with an event that finds nobody. */
async function wakeBatchOf({ acrossTenants, batches }: ApiDependencies, providerId: string): Promise<void> {
  const batch = await acrossTenants.batchOf(providerId);
  if (batch === null) return;
  try {
    await batches.wake(batch.id);
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    throw new ProblemError('temporal-unreachable', error.message, { retryAfterSeconds: 15 });
  }
}

function readSigned(body: string): ProviderEnd | null {
  try {
    return readEvent(body);
  } catch (error) {
    throw new ProblemError('invalid-request', error instanceof z.ZodError ? z.prettifyError(error) : 'it is not JSON');
  }
}
