/** The model server's own routes, under `/_control`: faults, latency and the journal. They need no key. */
import { z } from 'zod';
import type { Answer } from './responses/answer.ts';
import { notFound } from './http/api-error.ts';
import { check } from './check.ts';
import { FaultSchema, type Fault, type Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { WebhookCounters } from './webhook.ts';

export const controlPrefix = '/_control/';

const LatencySchema = z.strictObject({ milliseconds: z.number().nonnegative() });

export interface Controls {
  readonly faults: Faults;
  readonly journal: Journal;
  readonly events: () => WebhookCounters | null;
  readonly setLatency: (milliseconds: number) => void;
}

export function answerControl(controls: Controls, method: string, path: string, body: unknown): Answer {
  switch (`${method} ${path.slice(controlPrefix.length)}`) {
    case 'POST faults':
      // All faults are checked before the first is added.
      for (const fault of faultsIn(body)) controls.faults.inject(fault);
      return done();
    case 'DELETE faults':
      controls.faults.clear();
      return done();
    case 'POST latency':
      controls.setLatency(check(LatencySchema, body).milliseconds);
      return done();
    case 'GET journal': {
      const { entries } = controls.journal;
      const body = { counters: controls.journal.counters(), events: controls.events(), entries };
      return { kind: 'json', status: 200, body };
    }
    default:
      throw notFound(`Invalid URL (${method} ${path})`, null);
  }
}

/** One fault, or a list of them. */
function faultsIn(body: unknown): readonly Fault[] {
  if (!Array.isArray(body)) return [check(FaultSchema, body)];
  return body.map((order, index) => check(FaultSchema, order, `[${index}]`));
}

function done(): Answer {
  return { kind: 'json', status: 200, body: { done: true } };
}
