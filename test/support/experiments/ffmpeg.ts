/** What ffmpeg's own filters measure of two videos of raw RGB. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toolPath } from '../../../workers/local/tools.ts';
import type { VideoInfo } from '../../../workflows/contract/experiments/video.ts';

/** Over all planes and frames, by the filters `psnr` and `ssim`. PSNR is Infinity where the videos are equal. */
export async function measuredByFfmpeg(
  { width, height, framesPerSecond }: VideoInfo,
  videos: readonly [Uint8Array, Uint8Array],
): Promise<{ readonly psnrDb: number; readonly ssim: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-ffmpeg-'));
  try {
    const files = videos.map((bytes, index) => ({ path: join(folder, `${index}.rgb`), bytes }));
    await Promise.all(files.map(({ path, bytes }) => writeFile(path, bytes)));
    const form = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', `${framesPerSecond}`];
    const graph = '[0]format=gbrp,split[a][b];[1]format=gbrp,split[c][d];[a][c]psnr[psnr];[b][d]ssim[ssim]';
    const inputs = files.flatMap(({ path }) => [...form, '-i', path]);
    const outputs = ['-lavfi', graph, '-map', '[psnr]', '-map', '[ssim]', '-f', 'null', '-'];
    const parameters = ['-hide_banner', '-nostdin', ...inputs, ...outputs];
    const { stderr } = await promisify(execFile)(toolPath('ffmpeg'), parameters);
    return { psnrDb: figure(stderr, /average:(\S+)/), ssim: figure(stderr, /All:(\S+)/) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function figure(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`ffmpeg printed no figure: ${text}`);
  return found === 'inf' ? Infinity : Number(found);
}
