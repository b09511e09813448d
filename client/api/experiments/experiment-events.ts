/** Streams how far an experiment is, as server-sent events, until it has ended. One look at the store serves all listeners. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { SSEStreamingApi } from 'hono/streaming';
import { isExperimentEnd } from '../../../workflows/contract/experiments/experiment.ts';
import type { ExperimentPulse } from '../../../workflows/contract/experiments/view.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { problem } from '../http/documented-answers.ts';
import { streamAtOnce } from '../http/event-stream.ts';
import { createPulseWatch, type PulseWatch } from '../http/pulse-watch.ts';
import { noExperiment } from './submit-experiment.ts';

const shortestPauseMilliseconds = 100;
const keepAliveMilliseconds = 15_000;

const eventsRoute = createRoute({
  method: 'get',
  path: '/v1/experiments/{id}/events',
  tags: ['Experiments'],
  summary: 'How far an experiment is, as server-sent events',
  description:
    'First as it is now, then with each change: `id`, `version`, `state`, `phase`, `round`, `progress` as JSON. The event `end` follows the last one.',
  request: { params: z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) }) },
  responses: {
    200: { description: 'The events', content: { 'text/event-stream': { schema: z.string() } } },
    404: problem('No such experiment'),
  },
});

export function addExperimentEventsRoute(app: OpenAPIHono, { store, log }: ApiDependencies): void {
  const watch = createPulseWatch<ExperimentPulse>({
    look: (ids) => store.experimentViews.pulses(ids),
    isEnded: ({ state }) => isExperimentEnd(state),
    onError: (error) => log.warn({ error }, 'the store did not tell how far the experiments are'),
    shortestPauseMilliseconds,
  });
  app.openapi(eventsRoute, async (context) => {
    const { id } = context.req.valid('param');
    const now = async (): Promise<ExperimentPulse | undefined> => (await store.experimentViews.pulses([id]))[0];
    const first = await now();
    if (first === undefined) throw noExperiment(id);
    // Nobody would read the stream, and it would wait for that for ever.
    if (context.req.method === 'HEAD') return context.body(null, 200, { 'content-type': 'text/event-stream' });
    return streamPulses(context, watch, { first, last: now });
  });
}

interface Ends {
  readonly first: ExperimentPulse;
  /** The experiment as it is when watching is over. */
  readonly last: () => Promise<ExperimentPulse | undefined>;
}

function streamPulses(context: Context, watch: PulseWatch<ExperimentPulse>, { first, last }: Ends): Response {
  return streamAtOnce(context, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const sender = createSender(stream);
    const keepAlive = setInterval(() => void stream.write(': still here\n\n'), keepAliveMilliseconds);
    try {
      sender.send(first);
      if (!isExperimentEnd(first.state)) await watch.follow(first.id, gone.signal, (pulse) => sender.send(pulse));
      const end = await last();
      if (end !== undefined) sender.send(end);
      await sender.finished();
      if (!gone.signal.aborted) await stream.writeSSE({ event: 'end', data: '{}' });
    } finally {
      clearInterval(keepAlive);
    }
  });
}

/** Sends what has changed, one at a time; while the listener reads slowly, only the newest is kept for it. */
function createSender(stream: SSEStreamingApi) {
  let version = -1;
  let newest: ExperimentPulse | null = null;
  let sending: Promise<void> | null = null;
  const sendAll = async (): Promise<void> => {
    while (newest !== null) {
      const pulse: ExperimentPulse = newest;
      newest = null;
      await stream.writeSSE({ id: String(pulse.version), data: JSON.stringify(pulse) });
    }
    sending = null;
  };
  return {
    send(pulse: ExperimentPulse): void {
      if (pulse.version <= version) return;
      version = pulse.version;
      newest = pulse;
      sending ??= sendAll();
    },
    finished: async (): Promise<void> => (await sending) ?? undefined,
  };
}
