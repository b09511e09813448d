/** A computer-use run in the store, as a worker leaves it. The colour of each picture identifies its turn. */
import { PNG } from 'pngjs';
import type { TurnChange } from '../../../store/computer-use/computer-turns.ts';
import type { Store } from '../../../store/store.ts';
import type { TurnAction } from '../../../workflows/contract/computer-use/computer-turn.ts';

/** The parts of a lead magnet with one computer-use step. */
export const visiting = {
  network: { navigate: ['https://site.example'] },
  steps: [
    {
      id: 'visit',
      title: 'Visit the site',
      kind: 'computer_use',
      startUrl: 'https://site.example',
      goal: 'find it',
      display: { width: 640, height: 400 },
      budget: { iterations: 10, seconds: 100, usd: 1 },
    },
  ],
};

export interface RecordedTurn {
  readonly text?: string;
  readonly url?: string;
  readonly notes?: readonly string[];
  readonly actions?: readonly TurnAction[];
  readonly attempt?: number;
  /** The model is still asked. */
  readonly asking?: boolean;
}

export function clickAt(x: number, y: number, outcome: TurnAction['outcome'] = 'done'): TurnAction {
  const described = `click at ${x},${y}`;
  return { type: 'click', described, points: [{ x, y }], scroll: null, text: null, outcome, problem: null };
}

export function typing(text: string): TurnAction {
  const described = `type ${text.length} characters`;
  return { type: 'type', described, points: [], scroll: null, text, outcome: 'done', problem: null };
}

/** The red of a turn's picture; green and blue are none. */
export function rednessOf(iteration: number): number {
  return iteration * 20;
}

function picture(iteration: number): Buffer {
  const png = new PNG({ width: 64, height: 40 });
  for (let index = 0; index < png.data.length; index += 4) {
    png.data[index] = rednessOf(iteration);
    png.data[index + 3] = 255;
  }
  return PNG.sync.write(png);
}

/** Marks the step as running. */
export async function beginRun(store: Store, jobId: string): Promise<void> {
  const at = new Date().toISOString();
  await store.jobs.changeStep({
    jobId,
    stepId: 'visit',
    generation: 1,
    state: 'running',
    recoveryLevel: 'fresh',
    sequence: 1,
    attempt: 1,
    at,
  });
  await store.events.append({ jobId, stepId: 'visit', type: 'step.started', message: 'started' });
}

/** Writes a turn with its picture and its event. */
export async function recordTurn(
  store: Store,
  jobId: string,
  iteration: number,
  turn: RecordedTurn = {},
): Promise<void> {
  const name = `visit.screen-${iteration}.png`;
  const file = {
    jobId,
    stepId: 'visit',
    name,
    mediaType: 'image/png',
    content: picture(iteration),
    deliverable: false,
  };
  const { sha256 } = await store.artifacts.put(file);
  const { text = `words of turn ${iteration}`, url = 'https://site.example/', notes = [], attempt = 1 } = turn;
  const costUsd = 0.01;
  const usage = { modelCalls: 1, inputTokens: 100, cachedInputTokens: 0, outputTokens: 10, costUsd };
  const answered = { responseId: `r${iteration}`, text, usage, spentUsd: iteration * costUsd };
  const change: TurnChange = {
    jobId,
    stepId: 'visit',
    generation: 1,
    iteration,
    attempt,
    recoveryLevel: attempt === 1 ? 'fresh' : 'restored',
    activeMilliseconds: iteration * 2000,
    looked: { url, screenshot: { name, sha256 }, notes, spentUsd: (iteration - 1) * costUsd },
    ...(turn.asking === true ? {} : { answered, actions: turn.actions ?? [clickAt(100 * iteration, 50)] }),
    at: new Date().toISOString(),
  };
  await store.ledger.writeCheckpoint({ key: jobId, jobId, attempt, data: { iteration }, turn: change });
  await store.events.append({ jobId, stepId: 'visit', type: 'step.looked', message: `iteration ${iteration}` });
}
