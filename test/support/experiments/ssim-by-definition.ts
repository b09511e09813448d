/** SSIM as Wang et al. (2004) define it, window by window: slow, and independent of the product's program. */

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Raw RGB. */
  readonly bytes: Uint8Array;
}

const size = 11;
const sigma = 1.5;
const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

interface Weighted {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** The mean over the channels and all windows that lie within the frame. */
export function ssimByDefinition(original: Frame, decoded: Frame): number {
  const { width, height } = original;
  const values: number[] = [];
  for (let channel = 0; channel < 3; channel += 1) {
    for (let top = 0; top <= height - size; top += 1) {
      for (let left = 0; left <= width - size; left += 1) {
        values.push(ofWindow(samplesOf(original, decoded, { channel, top, left })));
      }
    }
  }
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function samplesOf(
  original: Frame,
  decoded: Frame,
  { channel, top, left }: { readonly channel: number; readonly top: number; readonly left: number },
): readonly Weighted[] {
  return Array.from({ length: size * size }, (_, index) => {
    const row = Math.floor(index / size);
    const column = index % size;
    const at = ((top + row) * original.width + left + column) * 3 + channel;
    const distance = (row - 5) ** 2 + (column - 5) ** 2;
    const weight = Math.exp(-distance / (2 * sigma ** 2));
    return { x: original.bytes[at] ?? 0, y: decoded.bytes[at] ?? 0, weight };
  });
}

function ofWindow(samples: readonly Weighted[]): number {
  const total = samples.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (of: (sample: Weighted) => number): number =>
    samples.reduce((sum, sample) => sum + sample.weight * of(sample), 0) / total;
  const meanX = mean(({ x }) => x);
  const meanY = mean(({ y }) => y);
  const varianceX = mean(({ x }) => (x - meanX) ** 2);
  const varianceY = mean(({ y }) => (y - meanY) ** 2);
  const covariance = mean(({ x, y }) => (x - meanX) * (y - meanY));
  const luminance = (2 * meanX * meanY + c1) / (meanX ** 2 + meanY ** 2 + c1);
  return (luminance * (2 * covariance + c2)) / (varianceX + varianceY + c2);
}
