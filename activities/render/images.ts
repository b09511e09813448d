/**
 * Loads the images of a document: files of the job, and pictures on the web, which are fetched when the document is
 * made, so that reading it causes no requests. Everything is limited; images that are not shown are reported with the
 * reason.
 */
import type { Artifacts } from '../../store/artifacts/artifacts.ts';
import { artifactName } from '../../workflows/contract/documents/images.ts';
import type { GuardedHttp } from '../http/guarded-fetch.ts';
import type { ImageSource } from './body-html.ts';
import { cutText } from '../../workflows/contract/cut-text.ts';

export interface Picture {
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** A picture, or a sentence that says why there is none. */
export type LoadedImage = { readonly picture: Picture } | { readonly problem: string };

export interface ImageWorld {
  readonly artifacts: Artifacts;
  readonly http: GuardedHttp;
  readonly jobId: string;
  readonly signal: AbortSignal;
}

const mostImages = 30;
const mostBytes = 5_000_000;
const mostBytesTogether = 20_000_000;
const fetchMilliseconds = 10_000;
/** Limits for everything that is fetched for a document. */
const allFetchesMilliseconds = 30_000;

/** One result for each source, in order. A source that is named twice is loaded once. */
export async function loadImages(world: ImageWorld, sources: readonly ImageSource[]): Promise<readonly LoadedImage[]> {
  const loaded = new Map<string, LoadedImage>();
  const fetchesEnd = Date.now() + allFetchesMilliseconds;
  let bytes = 0;
  for (const source of sources) {
    if (loaded.has(source.source)) continue;
    const image =
      loaded.size >= mostImages ? problem(`more than ${mostImages} images`) : await load(world, source, fetchesEnd);
    bytes += 'picture' in image ? image.picture.content.byteLength : 0;
    const fits = bytes <= mostBytesTogether;
    loaded.set(
      source.source,
      fits ? image : problem(`the images together are larger than ${megabytes(mostBytesTogether)}`),
    );
  }
  return sources.map(({ source }) => loaded.get(source) ?? problem('it was not loaded'));
}

async function load(world: ImageWorld, { kind, source }: ImageSource, fetchesEnd: number): Promise<LoadedImage> {
  switch (kind) {
    case null:
      return problem('its address is not one that the report’s author wrote');
    case 'artifact':
      return stored(world, artifactName(source));
    case 'web':
      return fetched(world, source, fetchesEnd);
  }
}

async function stored({ artifacts, jobId }: ImageWorld, name: string): Promise<LoadedImage> {
  const file = await artifacts.find(jobId, name);
  if (file === null) return problem(`this job has no file ${cutText(name, 200)}`);
  if (file.bytes > mostBytes) return problem(`it is larger than ${megabytes(mostBytes)}`);
  return pictureOf(await artifacts.getContent(file.sha256));
}

async function fetched({ http, signal }: ImageWorld, url: string, fetchesEnd: number): Promise<LoadedImage> {
  const left = Math.min(fetchMilliseconds, fetchesEnd - Date.now());
  if (left <= 0) return problem(`the images took longer than ${allFetchesMilliseconds / 1000} s`);
  try {
    const response = await http.request({
      url,
      method: 'GET',
      headers: { accept: 'image/png, image/jpeg, image/gif, image/webp' },
      timeoutMilliseconds: left,
      maximumResponseBytes: mostBytes,
      redirects: 'follow',
      signal,
    });
    if (response.status !== 200) return problem(`${new URL(url).host} answered ${response.status}`);
    return response.truncated ? problem(`it is larger than ${megabytes(mostBytes)}`) : pictureOf(response.body);
  } catch (error) {
    signal.throwIfAborted();
    return problem(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Image types by the first bytes of their content, in hexadecimal: a name or a header may be wrong. SVG is not
 * included, because it can hold scripts and links.
 */
const kinds: readonly (readonly [mediaType: string, begins: RegExp])[] = [
  ['image/png', /^89504e470d0a1a0a/],
  ['image/jpeg', /^ffd8ff/],
  ['image/gif', /^47494638(?:37|39)61/],
  ['image/webp', /^52494646[0-9a-f]{8}57454250/],
];

function pictureOf(content: Buffer): LoadedImage {
  const start = content.subarray(0, 16).toString('hex');
  const mediaType = kinds.find(([, begins]) => begins.test(start))?.[0];
  return mediaType === undefined ? problem('it is no PNG, JPEG, GIF or WebP') : { picture: { mediaType, content } };
}

function problem(sentence: string): LoadedImage {
  return { problem: sentence };
}

function megabytes(bytes: number): string {
  return `${bytes / 1_000_000} MB`;
}
