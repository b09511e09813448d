/** Files as people upload them: a Y4M video, and a tar file of pictures. */
import { buffer } from 'node:stream/consumers';
import { PNG } from 'pngjs';
import { pack } from 'tar-stream';

/** Frames of the same planes: each plane is the value of all of its samples and their number. */
export function y4m(
  header: string,
  planes: readonly (readonly [value: number, samples: number])[],
  frames = 1,
): Buffer {
  const frame = [Buffer.from('FRAME\n'), ...planes.map(([value, samples]) => Buffer.alloc(samples, value))];
  return Buffer.concat([Buffer.from(`YUV4MPEG2 ${header}\n`), ...Array.from({ length: frames }, () => frame).flat()]);
}

export function png(width: number, height: number, [red, green, blue]: readonly [number, number, number]): Buffer {
  const picture = new PNG({ width, height });
  for (let at = 0; at < picture.data.length; at += 4) picture.data.set([red, green, blue, 255], at);
  return PNG.sync.write(picture);
}

export async function tar(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, bytes] of Object.entries(files)) archive.entry({ name }, bytes);
  archive.finalize();
  return buffer(archive);
}
