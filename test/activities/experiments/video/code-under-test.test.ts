import { describe, expect, it } from 'vitest';
import { decodeFrames, encodeFrames } from '../../../../activities/experiments/video/code-under-test.ts';
import type { PhaseRun } from '../../../../activities/experiments/video/run-program.ts';
import { scoreFrames } from '../../../../activities/experiments/video/score-frames.ts';
import { codecs, generatedVideo, problemOf, testRun, valueOf } from '../../../support/experiments/phases.ts';

describe('the code under test', () => {
  it('C07: hands over from encode to decode, each in a sandbox of its own, and is measured by the product', async () => {
    const video = await generatedVideo('text');
    const { info, frames } = video;
    for (const [name, source] of Object.entries(codecs)) {
      const encoding = await encodeFrames({ source, ...video }, testRun);
      const { encoded } = valueOf(encoding);
      const { frames: decoded } = valueOf(await decodeFrames({ source, info, encoded }, testRun));
      const scoring = { info, original: frames, decoded, encodedBytes: encoded.byteLength };
      const { metrics } = valueOf(await scoreFrames(scoring, testRun));
      expect(metrics.isLossless, name).toBe(name === 'lossless');
      expect(metrics.compressionRatio, name).toBe(frames.byteLength / encoded.byteLength);
      expect(metrics.bitrateMbps, name).toBeCloseTo((encoded.byteLength * 8) / 0.5 / 1e6, 12);
      expect(encoding.seconds, name).toBeGreaterThan(0);
    }
  });

  it('may have names of the language for its own, and returns no more JSON than the event loop reads in a moment', async () => {
    const video = await generatedVideo('gradients');
    const limits: number[] = [];
    const run: PhaseRun = {
      ...testRun,
      runCode: (request) => {
        limits.push(request.limits.valueBytes);
        return testRun.runCode(request);
      },
    };
    const source = 'compile = exec = globals = None\ndef encode(frames, info): return b"x"';
    expect(valueOf(await encodeFrames({ source, ...video }, run)).encoded).toEqual(Buffer.from('x'));
    expect(limits).toEqual([128 * 1024]);
  });

  it('C16: is told what is wrong with what it returned, or the line of its error', async () => {
    const video = await generatedVideo('gradients');
    const { info } = video;
    const ofEncode = async (source: string) => problemOf(await encodeFrames({ source, ...video }, testRun));
    const ofDecode = async (source: string) =>
      problemOf(await decodeFrames({ source, info, encoded: Buffer.from('x') }, testRun));
    expect(await ofEncode('def encode(frames, info):\n    return frames.tolist()')).toMatchObject({
      message: 'encode must return bytes, it returned list',
    });
    expect(await ofEncode('def encode(frames, info): return b""')).toMatchObject({
      message: 'encode returned no bytes',
    });
    expect(await ofEncode('# nothing')).toMatchObject({ message: 'the code defines no function encode(frames, info)' });
    expect(await ofEncode('\ndef encode(frames, info):\n    return frames[99]')).toMatchObject({ line: 3 });
    expect(await ofEncode('def encode(frames, info): return (')).toMatchObject({ line: 1 });
    const zeros = (shape: string, type: string) =>
      `import numpy\ndef decode(encoded, info): return numpy.zeros(${shape}, numpy.${type})`;
    expect(await ofDecode(zeros('(3, 48, 64, 3)', 'uint8'))).toMatchObject({
      message: 'decode returned an array of shape (3, 48, 64, 3), wanted (4, 48, 64, 3)',
    });
    expect(await ofDecode(zeros('(4, 48, 64, 3)', 'float32'))).toMatchObject({
      message: expect.stringContaining('decode returned an array of float32, wanted uint8'),
    });
    expect(await ofDecode('def decode(encoded, info): return encoded')).toMatchObject({
      message: 'decode must return a numpy array, it returned bytes',
    });
  });
});
