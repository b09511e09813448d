/**
 * The codecs of the chaos run: some work, some fail in each way that code can, and one lies. Each says how its experiment must
 * end, so exactly that no right end comes by accident.
 */
import type { ExperimentMetrics, ExperimentState } from '../../workflows/contract/experiments/experiment.ts';
import type { ExperimentSpec } from '../../workflows/contract/experiments/spec.ts';
import type { ExperimentView } from '../../workflows/contract/experiments/view.ts';

/** A small video, so that the run is about ends and not about pictures. */
const video = {
  kind: 'generated',
  pattern: 'text',
  width: 64,
  height: 48,
  frames: 4,
  framesPerSecond: 8,
  seed: 7,
} as const;
const rawBytes = video.width * video.height * 3 * video.frames;
const videoSeconds = video.frames / video.framesPerSecond;

export interface Kind {
  readonly name: string;
  readonly code: string;
  readonly state: ExperimentState;
  /** The failure as `phase type`; null without one. */
  readonly failure: string | null;
  /** Whether the figures are the right ones. */
  readonly hasRightFigures: (metrics: ExperimentMetrics) => boolean;
}

const toFrames = 'numpy.frombuffer(data, numpy.uint8).reshape(info["frames"], info["height"], info["width"], 3)';

function codec(parts: { readonly before?: string; readonly encode?: string; readonly decode?: string }): string {
  const { before = '', encode = 'return frames.tobytes()', decode = `return ${toFrames}` } = parts;
  const indented = (text: string): string => text.replaceAll('\n', '\n    ');
  return `import numpy, random, time, zlib
${before}
def encode(frames, info):
    ${indented(encode)}

def decode(data, info):
    ${indented(decode)}
`;
}

function hasSizeOf(encodedBytes: number, metrics: ExperimentMetrics): boolean {
  const { compressionRatio, bitrateMbps } = metrics;
  const bitrate = (encodedBytes * 8) / videoSeconds / 1e6;
  return (
    metrics.encodedBytes === encodedBytes &&
    compressionRatio === rawBytes / encodedBytes &&
    Math.abs(bitrateMbps - bitrate) < 1e-9
  );
}

function isLossless({ isLossless: lossless, psnrDb, ssim }: ExperimentMetrics): boolean {
  return lossless && psnrDb === null && ssim === 1;
}

/** Of samples that are all off by one. */
const offByOnePsnr = 20 * Math.log10(255);

const isCopy = (metrics: ExperimentMetrics): boolean => hasSizeOf(rawBytes, metrics) && isLossless(metrics);
const completed = { state: 'completed', failure: null } as const;
const none = { hasRightFigures: () => false };

/** In an order in which the first six are of all sorts. */
export const kinds: readonly Kind[] = [
  { name: 'copy', code: codec({}), ...completed, hasRightFigures: isCopy },
  {
    name: 'lies',
    code: codec({
      before: 'claim = \'{"psnrDb": 99, "ssim": 1, "isLossless": true, "encodedBytes": 1}\'',
      encode: `print(claim)
for folder in ("/tmp", "/scratch", "."):
    try:
        numpy.save(folder + "/kept.npy", frames)
    except OSError:
        pass
return b"x"`,
      decode: `print(claim)
for folder in ("/tmp", "/scratch", "."):
    try:
        return numpy.load(folder + "/kept.npy")
    except OSError:
        pass
return numpy.zeros((info["frames"], info["height"], info["width"], 3), numpy.uint8)`,
    }),
    ...completed,
    hasRightFigures: (metrics) =>
      hasSizeOf(1, metrics) && !metrics.isLossless && (metrics.psnrDb ?? 99) < 20 && metrics.ssim < 0.9,
  },
  {
    name: 'sleeps for ever',
    code: codec({ encode: 'while True: time.sleep(1000)' }),
    state: 'timed_out',
    failure: 'encode time_limit',
    ...none,
  },
  {
    name: 'leaves a process',
    code: codec({
      encode: `os = random._os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(100000)
    os._exit(0)
return frames.tobytes()`,
    }),
    ...completed,
    hasRightFigures: isCopy,
  },
  {
    name: 'ends its process',
    code: codec({ encode: 'random._os._exit(0)' }),
    state: 'failed',
    failure: 'encode crashed',
    ...none,
  },
  {
    name: 'computes for ever',
    code: codec({ decode: 'while True: pass' }),
    state: 'partial',
    failure: 'decode time_limit',
    ...none,
  },
  {
    name: 'deflated',
    code: codec({
      encode: 'return zlib.compress(frames.tobytes(), 9)',
      decode: `data = zlib.decompress(data)\nreturn ${toFrames}`,
    }),
    ...completed,
    hasRightFigures: (metrics) =>
      metrics.encodedBytes < rawBytes && hasSizeOf(metrics.encodedBytes, metrics) && isLossless(metrics),
  },
  {
    name: 'off by one',
    code: codec({ decode: `return ${toFrames} ^ 1` }),
    ...completed,
    hasRightFigures: (metrics) =>
      hasSizeOf(rawBytes, metrics) && !metrics.isLossless && Math.abs((metrics.psnrDb ?? 0) - offByOnePsnr) < 1e-6,
  },
  {
    name: 'slow',
    code: codec({ encode: 'time.sleep(1.5)\nreturn frames.tobytes()' }),
    ...completed,
    hasRightFigures: isCopy,
  },
  {
    name: 'segmentation fault',
    code: codec({
      decode: 'far = numpy.lib.stride_tricks.as_strided(numpy.zeros(1), (2,), (1 << 45,))\nreturn far + 1',
    }),
    state: 'partial',
    failure: 'decode crashed',
    ...none,
  },
  {
    name: 'raises',
    code: codec({ encode: 'return frames[99]' }),
    state: 'failed',
    failure: 'encode error',
    ...none,
  },
  {
    name: 'eats memory',
    code: codec({ encode: 'kept = []\nwhile True: kept.append(bytearray(20_000_000))' }),
    state: 'failed',
    failure: 'encode memory_limit',
    ...none,
  },
];

/** Code that hangs has so many seconds for that phase; the others have the usual time, so that no busy machine makes them late. */
export function specOf({ name, code, failure }: Kind, seconds: number): Partial<ExperimentSpec> {
  const hanging =
    failure === 'encode time_limit'
      ? { encodeSeconds: seconds }
      : failure === 'decode time_limit'
        ? { decodeSeconds: seconds }
        : {};
  return { name, video, code, limits: { ...hanging, memoryBytes: 512 * 2 ** 20 } };
}

/** What is wrong with an experiment of this kind that has ended, in a sentence; null when it is as it must be. */
export function problemOf(kind: Kind, { id, state, failure, best, roundsMade }: ExperimentView): string | null {
  const told = failure === null ? null : `${failure.phase} ${failure.type}`;
  const is = `${kind.name} (${id}): ${state}, ${told ?? 'no failure'}`;
  if (state !== kind.state || told !== kind.failure) return `${is}; ${failure?.message ?? ''}`;
  if (roundsMade.length !== 1) return `${is}; it has ${roundsMade.length} records of its round`;
  const metrics = best?.metrics ?? null;
  const isRight = kind.state === 'completed' ? metrics !== null && kind.hasRightFigures(metrics) : metrics === null;
  return isRight ? null : `${is}; its figures are wrong: ${JSON.stringify(metrics)}`;
}
