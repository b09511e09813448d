/** A video that the demo makes itself, so that it knows each sample that the product is given. */
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { PNG } from 'pngjs';

export const ownSize = { width: 160, height: 90, frames: 24, framesPerSecond: 24 } as const;

/** Raw RGB, frame by frame: colours that move over a pattern. */
export function ownFrames(): readonly Uint8Array[] {
  const { width, height, frames } = ownSize;
  return Array.from({ length: frames }, (_, index) => {
    const frame = new Uint8Array(width * height * 3);
    let at = 0;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        frame[at] = 127 + 120 * Math.sin((x + 2 * index) / 17);
        frame[at + 1] = 127 + 120 * Math.sin((y - index) / 11);
        frame[at + 2] = ((x * 7 + y * 13 + index * 5) % 64) + 90;
        at += 3;
      }
    }
    return frame;
  });
}

/** As an upload: a tar file of PNG pictures. */
export async function packedFrames(frames: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const archive = pack();
  for (const [index, frame] of frames.entries()) {
    archive.entry({ name: `${String(index).padStart(4, '0')}.png` }, pictureOf(frame));
  }
  archive.finalize();
  return new Uint8Array(await buffer(archive));
}

function pictureOf(frame: Uint8Array): Buffer {
  const { width, height } = ownSize;
  const png = new PNG({ width, height });
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    png.data.set(frame.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    png.data[pixel * 4 + 3] = 255;
  }
  return PNG.sync.write(png, { colorType: 2 });
}
