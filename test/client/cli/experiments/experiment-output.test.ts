import { expect, test } from 'vitest';
import { bestRoundOf, experimentStatus } from '../../../../client/cli/experiments/experiment-output.ts';
import { endedExperiment } from '../../../support/experiments/answers.ts';

const round = (number: number, bitrateMbps: number, psnrDb: number) => ({
  number,
  state: 'completed' as const,
  failure: null,
  note: null,
  encoded: null,
  decoded: null,
  encodedBytes: 10,
  metrics: { encodedBytes: 10, bitrateMbps, compressionRatio: 2, psnrDb, isLossless: false, ssim: 0.9 },
  isBest: false,
  isOnFront: true,
  files: [],
  endedAt: '2026-11-30T12:00:00.000Z',
});

test('while an experiment runs, its best round so far is the one that it would end with', () => {
  const roundsMade = [round(1, 3, 60), round(2, 1, 35), round(3, 0.5, 20)];
  const running = { ...endedExperiment, state: 'processing' as const, roundsMade };
  expect(bestRoundOf(running)?.number).toBe(2);
  expect(experimentStatus(running)).toContain('so far 1.000 Mbit/s');
  expect(bestRoundOf({ ...running, roundsMade: [] })).toBeNull();
});
