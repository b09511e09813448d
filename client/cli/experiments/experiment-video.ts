/** The video of a new experiment: a Y4M file, a folder of frames, or one that the product makes. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Option, type Command } from 'commander';
import { pack } from 'tar-stream';
import { bytesOf } from '../../../store/backup/archive.ts';
import { videoLimits } from '../../../workflows/contract/experiments/video-limits.ts';
import { videoPatterns } from '../../../workflows/contract/experiments/video.ts';
import { answerOf, untilAnswered, type Api } from '../api/client.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { sendWithProgress } from '../progress/upload.ts';
import type { ExperimentRequest } from './experiment-calls.ts';

type Video = ExperimentRequest['video'];

export interface VideoOptions {
  readonly video?: string;
  readonly frames?: string;
  readonly fps?: number;
  readonly generate?: string;
}

export function videoOptions(command: Command): Command {
  return command
    .addOption(new Option('--video <file.y4m>', 'the video as a Y4M file').conflicts(['frames', 'generate']))
    .addOption(
      new Option('--frames <folder>', 'the video as PNG or JPEG pictures, in the order of their names').conflicts(
        'generate',
      ),
    )
    .option('--fps <count>', 'frames a second of --frames (24)', numberOf)
    .option(
      '--generate <video>',
      `a video that is made: pattern,WxH,frames,fps,seed, each may be left out at the end (gradients,160x90,24,24,1); patterns: ${videoPatterns.join(', ')}`,
    );
}

/** Uploads the video if it is a file. Without an option, the product makes one. */
export async function videoOf(api: Api, { video, frames, fps, generate }: VideoOptions): Promise<Video> {
  if (video !== undefined) {
    const { sha256 } = await uploadFile(api, video);
    return { kind: 'stored', format: 'y4m', sha256 };
  }
  if (frames === undefined) return generated(generate ?? '');
  const { sha256 } = await uploadFrames(api, await tarOf(frames));
  return { kind: 'stored', format: 'frames', sha256, framesPerSecond: fps ?? 24 };
}

function generated(text: string): Video {
  const [name = '', size = '', frames = '', fps = '', seed = '', ...more] = text.split(',');
  const pattern = videoPatterns.find((known) => known === (name || videoPatterns[0]));
  const [, width, height] = /^(\d+)x(\d+)$/.exec(size || '160x90') ?? [];
  if (pattern === undefined || width === undefined || height === undefined || more.length > 0) {
    throw new CommandError(`--generate ${text}: write it as pattern,WxH,frames,fps,seed.`, exitCodes.usage);
  }
  return {
    kind: 'generated',
    pattern,
    width: Number(width),
    height: Number(height),
    ...(frames === '' ? {} : { frames: numberOf(frames) }),
    ...(fps === '' ? {} : { framesPerSecond: numberOf(fps) }),
    ...(seed === '' ? {} : { seed: numberOf(seed) }),
  };
}

/** Reads the number of an option. */
export function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new CommandError(`${text} is not a number.`, exitCodes.usage);
}

const headers = { 'content-type': 'application/octet-stream' };

async function uploadFile(api: Api, file: string) {
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : null),
    () => null,
  );
  if (size === null) throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
  refuseLarge(size, file);
  return untilAnswered(() =>
    sendWithProgress(file, (body) =>
      answerOf(
        api.POST('/v1/experiments/videos', {
          params: { query: { format: 'y4m' } },
          headers,
          body,
          bodySerializer: (content) => content,
          duplex: 'half',
        }),
      ),
    ),
  );
}

function uploadFrames(api: Api, tar: Buffer) {
  const params = { query: { format: 'frames' as const } };
  return untilAnswered(() =>
    answerOf(
      api.POST('/v1/experiments/videos', {
        params,
        headers,
        body: Readable.toWeb(Readable.from([tar])),
        bodySerializer: (content) => content,
        duplex: 'half',
      }),
    ),
  );
}

/** The pictures of a folder as a tar file, named by their place. The same pictures are always the same file. */
async function tarOf(folder: string): Promise<Buffer> {
  const names = await readdir(folder).catch(() => {
    throw new CommandError(`${folder} cannot be read.`, exitCodes.usage);
  });
  const pictures = names
    .filter((name) => ['.png', '.jpg', '.jpeg'].includes(extname(name).toLowerCase()))
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  if (pictures.length === 0) throw new CommandError(`${folder} has no PNG or JPEG pictures.`, exitCodes.usage);
  const tar = pack();
  let bytes = 0;
  for (const [index, name] of pictures.entries()) {
    const content = await readFile(join(folder, name));
    bytes += content.length;
    refuseLarge(bytes, folder);
    const place = `${String(index + 1).padStart(6, '0')}${extname(name).toLowerCase()}`;
    tar.entry({ name: place, mtime: new Date(0) }, content);
  }
  tar.finalize();
  return buffer(Readable.from(bytesOf(tar)));
}

function refuseLarge(bytes: number, what: string): void {
  if (bytes <= videoLimits.uploadBytes) return;
  throw new CommandError(
    `${what} has more than ${videoLimits.uploadBytes} bytes, the most a video may have.`,
    exitCodes.usage,
  );
}
