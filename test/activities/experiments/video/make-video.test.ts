import { encode } from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { makeVideo } from '../../../../activities/experiments/video/make-video.ts';
import { videoPatterns, VideoSourceSchema } from '../../../../workflows/contract/experiments/video.ts';
import { generatedVideo, problemOf, testRun, valueOf } from '../../../support/experiments/phases.ts';
import { png, tar, y4m } from '../../../support/experiments/uploads.ts';

const sha256 = '0'.repeat(64);

function readY4m(content: Buffer) {
  return makeVideo({ video: { kind: 'stored', format: 'y4m', sha256 }, content }, testRun);
}

function readFrames(content: Buffer) {
  return makeVideo({ video: { kind: 'stored', format: 'frames', sha256, framesPerSecond: 12 }, content }, testRun);
}

describe('the video of an experiment', () => {
  it('is generated: the same seed gives the same bytes, and frames move', async () => {
    const [again, videos] = await Promise.all([
      generatedVideo('noise'),
      Promise.all(videoPatterns.map((pattern) => generatedVideo(pattern))),
    ]);
    expect(videos.filter(({ frames }) => Buffer.compare(frames, again.frames) === 0)).toHaveLength(1);
    for (const { info, frames } of videos) {
      const frameBytes = frames.byteLength / info.frames;
      const [first, second] = [frames.subarray(0, frameBytes), frames.subarray(frameBytes, 2 * frameBytes)];
      expect(Buffer.compare(first, second)).not.toBe(0);
    }
  });

  it('is read from Y4M, in the colours of BT.601', async () => {
    const square = { width: 16, height: 16, framesPerSecond: 25 };
    const cases = [
      {
        header: 'W17 H18 F30000:1001 Ip C420jpeg',
        size: { width: 17, height: 18, framesPerSecond: 30_000 / 1001 },
        planes: [
          [81, 306],
          [90, 81],
          [240, 81],
        ],
        colour: [254, 0, 0],
      },
      {
        header: 'W18 H16 F25:1 C422 XYSCSS=422',
        size: { ...square, width: 18 },
        planes: [
          [145, 288],
          [54, 144],
          [34, 144],
        ],
        colour: [0, 255, 1],
      },
      {
        header: 'W16 H16 F25:1 C444',
        size: square,
        planes: [
          [235, 256],
          [128, 256],
          [128, 256],
        ],
        colour: [255, 255, 255],
      },
      { header: 'W16 H16 F25:1 Cmono XCOLORRANGE=FULL', size: square, planes: [[77, 256]], colour: [77, 77, 77] },
    ] as const;
    for (const { header, size, planes, colour } of cases) {
      const { info, frames } = valueOf(await readY4m(y4m(header, planes, 3)));
      expect(info, header).toEqual({ ...size, frames: 3 });
      expect([...frames.subarray(0, 3)], header).toEqual(colour);
      expect(new Set(frames), header).toEqual(new Set(colour));
    }
  });

  it('is read from a tar file of pictures in the order of their names', async () => {
    const content = await tar({
      'frames/b.png': png(16, 20, [1, 2, 3]),
      'frames/._a.png': Buffer.from('what macOS adds'),
      'frames/a.png': png(16, 20, [200, 100, 50]),
      'frames/c.jpg': encode({ width: 16, height: 20, data: Buffer.alloc(16 * 20 * 4, 77) }, 90).data,
    });
    const { info, frames } = valueOf(await readFrames(content));
    expect(info).toEqual({ width: 16, height: 20, frames: 3, framesPerSecond: 12 });
    const firstPixels = [0, 1, 2].map((frame) => [...frames.subarray(frame * 960, frame * 960 + 3)]);
    expect(firstPixels).toEqual([
      [200, 100, 50],
      [1, 2, 3],
      [77, 77, 77],
    ]);
  });

  it('C16: cannot be made of these uploads, and the message says why', async () => {
    const bomb = png(16, 16, [0, 0, 0]);
    bomb.writeUInt32BE(1_000_000, 16);
    bomb.writeUInt32BE(1_000_000, 20);
    const cases = [
      [readY4m(Buffer.from('RIFF')), 'the header of the Y4M file is cut off'],
      [readY4m(Buffer.from('GIF89a\n')), 'this is no Y4M file: it does not begin with YUV4MPEG2'],
      [
        readY4m(y4m('W4 H99999 F1:1', [])),
        'the frames have 4 × 99999 pixels; 16 to 1920 are allowed in each direction',
      ],
      [readY4m(y4m('W16 H16 F25:1 C420p10', [])), 'the colours C420p10 are not supported'],
      [readY4m(y4m('W16 H16 F0:0', [])), 'the Y4M header has no frame rate F, as in F30:1'],
      [readY4m(y4m('W16 H16 F25:1 It', [])), 'the Y4M file is interlaced'],
      [readY4m(y4m('W16 H16 F25:1 C444', [[1, 256]])), 'frame 0 is cut off'],
      [readY4m(y4m('W16 H16 F25:1 Cmono', [[1, 256]], 1001)), 'the video has more than 1000 frames'],
      [readY4m(y4m('W16 H16 F25:1 Cmono', [], 0)), 'the video has no frames'],
      [readFrames(Buffer.from('PK')), 'this is no tar file'],
      [readFrames(await tar({ 'a.png': Buffer.from('text') })), 'a.png is no PNG or JPEG picture that can be read'],
      [readFrames(await tar({ 'a.png': bomb })), 'a.png is no PNG or JPEG picture that can be read'],
      [
        readFrames(await tar({ a: png(16, 16, [0, 0, 0]), b: png(16, 17, [0, 0, 0]) })),
        'b has 16 × 17 pixels, and the first frame 16 × 16',
      ],
    ] as const;
    for (const [made, message] of cases) expect(problemOf(await made).message).toContain(message);
  });

  it('has limits that are checked before anything is generated', () => {
    const video = {
      kind: 'generated',
      pattern: 'noise',
      width: 64,
      height: 48,
      frames: 9,
      framesPerSecond: 8,
      seed: 1,
    };
    expect(VideoSourceSchema.safeParse(video).success).toBe(true);
    for (const change of [
      { width: 15 },
      { height: 1921 },
      { frames: 1001 },
      { framesPerSecond: 241 },
      { seed: -1 },
      { width: 1920, height: 1080, frames: 11 },
    ]) {
      expect(VideoSourceSchema.safeParse({ ...video, ...change }).success, JSON.stringify(change)).toBe(false);
    }
  });
});
