/** Frames of a round side by side: the original, the decoded one, and their difference. */
import { html } from 'hono/html';
import { videoLimits } from '../../../../../workflows/contract/experiments/video-limits.ts';
import type { VideoInfo } from '../../../../../workflows/contract/experiments/video.ts';
import type { RoundView } from '../../../../../workflows/contract/experiments/view.ts';
import { removalOf } from '../../../experiments/experiment-file-routes.ts';
import type { Html } from '../../layout.ts';
import { decibels, similarity } from '../metric-words.ts';
import type { FrameMetrics } from './round-content.ts';

const { differenceGain, pictureLongestSide } = videoLimits;

const titles = {
  original: 'Original',
  decoded: 'Decoded',
  difference: `Difference, × ${differenceGain}`,
} as const;
type PictureKind = keyof typeof titles;
const kinds: readonly PictureKind[] = ['original', 'decoded', 'difference'];

const pictureName = /^frame-(\d{1,6})\.(?:original|decoded|difference)\.png$/;
/** The product makes three; a page of hundreds would be of no use. */
const mostFrames = 6;

interface FramesOptions {
  readonly video: VideoInfo | null;
  /** Empty when they are not known. */
  readonly metrics: readonly FrameMetrics[];
  readonly addressOf: (name: string) => string;
}

/** Null for a round without pictures. */
export function framesView({ files }: RoundView, { video, metrics, addressOf }: FramesOptions): Html | null {
  const numbers = new Set(files.flatMap(({ name }) => pictureName.exec(name)?.[1] ?? []));
  if (numbers.size === 0) return null;
  const sorted = [...numbers].toSorted((one, other) => Number(one) - Number(other));
  const size = sizeOf(video);
  return html`<h3>Frames</h3>
    <p class="help">The first, the worst by PSNR and the last, counted from 0.</p>
    ${sorted.slice(0, mostFrames).map((number) => {
      const frame = metrics[Number(number)];
      const figures = frame === undefined ? '' : `PSNR ${decibels(frame.psnrDb)} · SSIM ${similarity(frame.ssim)}`;
      return html`<div class="frames" role="group" aria-label="Frame ${Number(number)}">
        <p><b>Frame ${Number(number)}</b> <span class="soft">${figures}</span></p>
        ${kinds.map((kind) => {
          const file = files.find(({ name }) => name === `frame-${number}.${kind}.png`);
          return picture(file, { kind, number: Number(number), size, addressOf });
        })}
      </div>`;
    })}`;
}

interface PictureOptions {
  readonly kind: PictureKind;
  readonly number: number;
  readonly size: { readonly width: number; readonly height: number };
  readonly addressOf: (name: string) => string;
}

function picture(file: RoundView['files'][number] | undefined, options: PictureOptions): Html {
  const { kind, number, size, addressOf } = options;
  if (file === undefined) return missing(kind, 'There is no such picture.');
  if (file.removedAfterDays !== null) return missing(kind, `${removalOf('The picture', file.removedAfterDays)}.`);
  const address = addressOf(file.name);
  return html`<figure>
    <a href="${address}"
      ><img
        src="${address}"
        width="${size.width}"
        height="${size.height}"
        alt="Frame ${number}: ${titles[kind].toLowerCase()}"
        loading="lazy"
        decoding="async"
    /></a>
    <figcaption class="soft">${titles[kind]}</figcaption>
  </figure>`;
}

function missing(kind: PictureKind, words: string): Html {
  return html`<figure>
    <p class="gone">${words}</p>
    <figcaption class="soft">${titles[kind]}</figcaption>
  </figure>`;
}

/** Of a picture: large frames are made smaller for it. */
function sizeOf(video: VideoInfo | null): PictureOptions['size'] {
  const { width, height } = video ?? { width: 16, height: 9 };
  const scale = Math.min(1, pictureLongestSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
