/** The platform's switch over HTTP: stops all submissions of batches everywhere, and lets them go on, without loss. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { batchSwitch } from '../../../store/platform/switches.ts';
import { changeRefusals, json, problem } from '../http/documented-answers.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';

const SwitchSchema = z.object({
  stopped: z.object({ message: z.string(), at: z.string() }).nullable().describe('null when nothing is stopped'),
});
const tags = ['Platform'];
const path = '/v1/platform';

const readRoute = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'Whether batches are stopped everywhere',
  responses: { 200: json('The switch', SwitchSchema) },
});

const stopRoute = createRoute({
  method: 'post',
  path: `${path}/stop`,
  tags,
  summary: 'Stop all submissions of all batches, at once',
  description: 'Works without Temporal too. Calls that are under way are waited for; their answers are paid and kept.',
  request: {
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ message: z.string().min(1).max(500) }) } },
    },
  },
  responses: {
    200: json('Stopped', SwitchSchema),
    ...changeRefusals,
    400: problem('The body is not JSON of this form'),
    413: problem('Above 1 MiB'),
    415: problem('The body is not application/json'),
  },
});

const resumeRoute = createRoute({
  method: 'post',
  path: `${path}/resume`,
  tags,
  summary: 'Let batches go on',
  responses: { 200: json('On again', SwitchSchema), ...changeRefusals },
});

export function addPlatformRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const {
    acrossTenants: { switches },
    now,
  } = dependencies;
  const read = async () => ({ stopped: await switches.find(batchSwitch) });
  app.openapi(readRoute, async (context) => context.json(await read(), 200));
  app.openapi(stopRoute, async (context) => {
    await switches.stop(batchSwitch, context.req.valid('json').message, now());
    return context.json(await read(), 200);
  });
  app.openapi(resumeRoute, async (context) => {
    await resumePlatform(dependencies);
    return context.json(await read(), 200);
  });
}

export async function resumePlatform({ acrossTenants, batches }: ApiDependencies): Promise<void> {
  await acrossTenants.switches.resume(batchSwitch);
  try {
    for (const { id } of await acrossTenants.batchesIn(['running'])) await batches.wake(id);
  } catch (error) {
    // They look again by themselves within a minute.
    if (!(error instanceof TemporalUnreachable)) throw error;
  }
}
