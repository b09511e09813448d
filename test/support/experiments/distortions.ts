/** Ways in which frames become worse, the same each time. */
import type { Video } from '../../../activities/experiments/video/make-video.ts';

export const distortions = {
  noisy: changed((value, index) => value + (pseudoRandom(index) % 21) - 10),
  brighter: changed((value) => value + 3),
  blurred: ({ info, frames }: Video): Uint8Array => {
    const row = info.width * 3;
    const near = [-row - 3, -row, -row + 3, -3, 0, 3, row - 3, row, row + 3];
    return frames.map((value, index) => {
      const sum = near.reduce((total, offset) => total + (frames[index + offset] ?? value), 0);
      return Math.round(sum / near.length);
    });
  },
};

function changed(change: (value: number, index: number) => number): (video: Video) => Uint8Array {
  return ({ frames }) => Uint8Array.from(frames, (value, index) => Math.max(0, Math.min(255, change(value, index))));
}

/** A number without a pattern that could be seen, by the multiplication of Knuth's hash. */
function pseudoRandom(index: number): number {
  const mixed = Math.imul(index + 1, 2_654_435_761) >>> 0;
  return (mixed ^ (mixed >>> 15)) >>> 7;
}
