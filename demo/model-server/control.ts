/** The stand-in's own routes, under `/v1/_control`: faults and latency on command, and the journal. They need no key. */
import { z } from 'zod';
import type { Answer } from './answer.ts';
import { notFound } from './api-error.ts';
import { check } from './check.ts';
import { FaultSchema, type Faults } from './faults.ts';
import type { Journal } from './journal.ts';

export const controlPrefix = '/v1/_control/';

const LatencySchema = z.strictObject({ milliseconds: z.number().nonnegative() });

export interface Controls {
  readonly faults: Faults;
  readonly journal: Journal;
  readonly setLatency: (milliseconds: number) => void;
}

export function answerControl(controls: Controls, method: string, path: string, body: unknown): Answer {
  switch (`${method} ${path.slice(controlPrefix.length)}`) {
    case 'POST faults':
      controls.faults.inject(check(FaultSchema, body));
      return done();
    case 'DELETE faults':
      controls.faults.clear();
      return done();
    case 'POST latency':
      controls.setLatency(check(LatencySchema, body).milliseconds);
      return done();
    case 'GET journal': {
      const { entries } = controls.journal;
      return { kind: 'json', status: 200, body: { counters: controls.journal.counters(), entries } };
    }
    default:
      throw notFound(`Invalid URL (${method} ${path})`, null);
  }
}

function done(): Answer {
  return { kind: 'json', status: 200, body: { done: true } };
}
