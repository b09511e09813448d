/** An experiment as the API answers it. */
import type { components } from '../../../client/openapi/types.d.ts';
import { defaultExperimentLimits } from '../../../workflows/contract/experiments/limits.ts';

/** Without rounds. */
export const endedExperiment: components['schemas']['Experiment'] = {
  id: 'experiment_1',
  tenant: 'default',
  name: null,
  state: 'completed',
  phase: null,
  round: 1,
  rounds: 1,
  failure: null,
  best: null,
  acceptedAt: '2026-11-30T12:00:00.000Z',
  startedAt: null,
  endedAt: null,
  version: 1,
  waitingBefore: null,
  spec: {
    video: { kind: 'generated', pattern: 'text', width: 160, height: 90, frames: 24, framesPerSecond: 24, seed: 1 },
    psnrDb: 34,
    rounds: 1,
    gpu: 'none',
  },
  limits: defaultExperimentLimits,
  video: null,
  progress: null,
  roundsMade: [],
  usage: { modelCalls: 3, inputTokens: 1, outputTokens: 1, costUsd: 0.01 },
};
