import { expect, it } from 'vitest';
import { z } from 'zod';
import { createDemoBrain } from '../../../../demo/model-server/brains/demo-brain.ts';
import { codecAnswerSchema } from '../../../../activities/experiments/rounds/instructions.ts';
import { roundPrompt, type EarlierRound, type ShownCode } from '../../../../activities/experiments/rounds/prompt.ts';
import { decodeFrames, encodeFrames } from '../../../../activities/experiments/video/code-under-test.ts';
import { scoreFrames } from '../../../../activities/experiments/video/score-frames.ts';
import { experimentLimits } from '../../../../workflows/contract/experiments/limits.ts';
import { generatedVideo, problemOf, testRun, valueOf } from '../../../support/experiments/phases.ts';
import { turnOf } from '../harness.ts';

const AnswerSchema = z.object({ code: z.string(), note: z.string() });
const leastPsnrDb = 32;
const nothing = { state: 'failed', failure: null, note: null, encoded: null, decoded: null } as const;

/** Asks as the product does, with what one round before has given. */
async function asked(last: ShownCode | null, result: Partial<EarlierRound> = {}) {
  const made = { ...nothing, number: last?.round ?? 1, encodedBytes: null, metrics: null, isOnFront: false, ...result };
  const prompt = roundPrompt({
    goal: 'small',
    video: { width: 64, height: 48, frames: 4, framesPerSecond: 8 },
    limits: experimentLimits({}),
    wanted: { psnrDb: leastPsnrDb },
    round: made.number + 1,
    rounds: 4,
    made: last === null ? [] : [made],
    best: null,
    last,
  });
  const texts = [prompt];
  const answer = await createDemoBrain().answer(turnOf({ texts, allTexts: texts, outputSchema: codecAnswerSchema }));
  return AnswerSchema.parse(JSON.parse(answer.kind === 'text' ? answer.text : ''));
}

it('the codec brain mends its draft by the error that it is shown, then gets smaller by the measured quality', async () => {
  const video = await generatedVideo('text');
  const { info, frames: original } = video;
  const score = async (source: string) => {
    const { encoded } = valueOf(await encodeFrames({ source, ...video }, testRun));
    const { frames: decoded } = valueOf(await decodeFrames({ source, info, encoded }, testRun));
    const encodedBytes = encoded.byteLength;
    return { encodedBytes, ...valueOf(await scoreFrames({ info, original, decoded, encodedBytes }, testRun)).metrics };
  };

  const draft = await asked(null);
  const { encoded } = valueOf(await encodeFrames({ source: draft.code, ...video }, testRun));
  const { message, line } = problemOf(await decodeFrames({ source: draft.code, info, encoded }, testRun));
  expect(message).toContain('zlibb');
  const failure = { phase: 'decode', type: 'error', message, line } as const;
  const mended = await asked({ round: 1, code: draft.code }, { state: 'partial', failure });
  const first = await score(mended.code);

  const improved = await asked({ round: 2, code: mended.code }, { state: 'completed', metrics: first });
  const second = await score(improved.code);
  expect(second.compressionRatio).toBeGreaterThan(first.compressionRatio);

  const stepAt = async (psnrDb: number) => {
    const metrics = { ...second, psnrDb };
    const { code } = await asked({ round: 3, code: improved.code }, { state: 'completed', metrics });
    return Number(/^STEP = (\d+)$/m.exec(code)?.[1]);
  };
  expect(await stepAt(leastPsnrDb + 10)).toBeGreaterThan(12);
  expect(await stepAt(leastPsnrDb - 3)).toBeLessThan(12);
});

it('the codec brain does not mend what it is not told, and writes a simpler codec for an error that it does not know', async () => {
  const code = 'import zlib\nzlibb.compress(b"")';
  const failure = { phase: 'encode', type: 'crashed', message: 'the code ended without a result', line: null } as const;
  const { code: written, note } = await asked({ round: 1, code }, { failure });
  expect(written).not.toContain('zlibb');
  expect(note).toContain('the code ended without a result');
});
