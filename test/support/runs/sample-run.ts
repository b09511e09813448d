/** A run as its row tells it, for tests that need many of them. */
import { completeTimes, noMeasures, type Run } from '../../../workflows/contract/runs/run.ts';

/** A computer-use step of 50 s that ended well and used half of its limit. `parts` change it. */
export function sampleRun(key: string, parts: Partial<Run> = {}): Run {
  const endedMs = parts.endedMs ?? Date.parse('2026-11-30T12:00:00.000Z');
  return {
    ...noMeasures,
    key,
    kind: 'step',
    work: 'computer_use',
    ownerId: `job.${key}`,
    partId: 'look',
    leadMagnet: 'test',
    outcome: 'succeeded',
    reason: null,
    limits: { attemptSeconds: 100, totalSeconds: 1_000, heartbeatSeconds: 12, attempts: 12 },
    limitsVersion: 0,
    queuedMs: endedMs - 50_000,
    endedMs,
    times: completeTimes({ model: 50_000 }, 50_000),
    turns: 3,
    inputTokens: 0,
    outputTokens: 0,
    costMicroUsd: 0,
    attempts: 1,
    ...parts,
  };
}
