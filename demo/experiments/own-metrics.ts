/** The metrics of an experiment, computed by the demo: its own code, by the formulas in `docs/experiments.md`. */

export interface OwnMetrics {
  readonly bitrateMbps: number;
  readonly compressionRatio: number;
  /** Null where the frames are equal. */
  readonly psnrDb: number | null;
  readonly ssim: number;
}

interface Measured {
  readonly size: { readonly width: number; readonly height: number; readonly framesPerSecond: number };
  /** Raw RGB. */
  readonly original: readonly Uint8Array[];
  readonly decoded: readonly Uint8Array[];
  readonly encodedBytes: number;
}

export function ownMetrics({ size, original, decoded, encodedBytes }: Measured): OwnMetrics {
  const rawBytes = original.reduce((sum, { length }) => sum + length, 0);
  const pairs = original.map((frame, index) => [frame, decoded[index] ?? new Uint8Array()] as const);
  const error = pairs.reduce((sum, [one, other]) => sum + squaredError(one, other), 0) / rawBytes;
  return {
    bitrateMbps: (encodedBytes * 8 * size.framesPerSecond) / original.length / 1e6,
    compressionRatio: rawBytes / encodedBytes,
    psnrDb: error === 0 ? null : 10 * Math.log10(255 ** 2 / error),
    ssim: mean(pairs.flatMap(([one, other]) => [0, 1, 2].map((channel) => ssimOf(one, other, channel, size)))),
  };
}

/** The names of metrics that differ by more than rounding does. */
export function differingMetrics(own: OwnMetrics, told: OwnMetrics): readonly string[] {
  const isAlike = (one: number, other: number): boolean => Math.abs(one - other) <= 1e-4 * Math.max(1, Math.abs(one));
  const infinite = Number.POSITIVE_INFINITY;
  const differs = {
    bitrateMbps: !isAlike(own.bitrateMbps, told.bitrateMbps),
    compressionRatio: !isAlike(own.compressionRatio, told.compressionRatio),
    psnrDb: own.psnrDb !== told.psnrDb && !isAlike(own.psnrDb ?? infinite, told.psnrDb ?? infinite),
    ssim: !isAlike(own.ssim, told.ssim),
  };
  return Object.entries(differs).flatMap(([name, isDifferent]) => (isDifferent ? [name] : []));
}

function squaredError(one: Uint8Array, other: Uint8Array): number {
  return one.reduce((sum, sample, index) => sum + (sample - (other[index] ?? 0)) ** 2, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const window = normalised(Array.from({ length: 11 }, (_, index) => Math.exp(-((index - 5) ** 2) / (2 * 1.5 ** 2))));
const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];

function normalised(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** The mean over all whole windows of a channel. */
function ssimOf(one: Uint8Array, other: Uint8Array, channel: number, { width, height }: Measured['size']): number {
  const blurred = (sampleAt: (at: number) => number): Float64Array =>
    weighted(
      Float64Array.from({ length: width * height }, (_, pixel) => sampleAt(pixel * 3 + channel)),
      width,
      height,
    );
  const x = (at: number): number => one[at] ?? 0;
  const y = (at: number): number => other[at] ?? 0;
  const [meanX, meanY] = [blurred(x), blurred(y)];
  const [xx, yy, xy] = [blurred((at) => x(at) ** 2), blurred((at) => y(at) ** 2), blurred((at) => x(at) * y(at))];
  const values = meanX.map((mx, at) => {
    const my = meanY[at] ?? 0;
    const [varianceX, varianceY] = [(xx[at] ?? 0) - mx ** 2, (yy[at] ?? 0) - my ** 2];
    const covariance = (xy[at] ?? 0) - mx * my;
    return ((2 * mx * my + c1) * (2 * covariance + c2)) / ((mx ** 2 + my ** 2 + c1) * (varianceX + varianceY + c2));
  });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Each whole window's weighted sum: by rows, then by columns. */
function weighted(samples: Float64Array, width: number, height: number): Float64Array {
  const columns = width - window.length + 1;
  const rows = height - window.length + 1;
  const across = new Float64Array(columns * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < columns; x += 1) across[y * columns + x] = sumFrom(samples, y * width + x, 1);
  }
  const both = new Float64Array(columns * rows);
  for (let at = 0; at < both.length; at += 1) both[at] = sumFrom(across, at, columns);
  return both;
}

function sumFrom(samples: Float64Array, start: number, stride: number): number {
  let sum = 0;
  for (let at = 0; at < window.length; at += 1) sum += (window[at] ?? 0) * (samples[start + at * stride] ?? 0);
  return sum;
}
