/** Watches the requests of tools that somebody waits for. */
import type { Logger } from 'pino';
import type { ToolPulse } from '../../../store/tools/tool-request-row.ts';
import type { Store } from '../../../store/store.ts';
import { createPulseWatch, type PulseWatch } from '../http/pulse-watch.ts';

export type ToolWatch = PulseWatch<ToolPulse>;

export function createToolWatch({ store, log }: { readonly store: Store; readonly log: Logger }): ToolWatch {
  return createPulseWatch({
    look: (ids) => store.toolRequests.pulses(ids),
    isEnded: ({ state }) => state === 'ended',
    // The requests go on, and whoever waits has a limit.
    onError: (error) => log.warn({ error }, 'the store did not tell how far the requests of tools are'),
    shortestPauseMilliseconds: 40,
  });
}
