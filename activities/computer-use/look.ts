/**
 * One look at the screen: the screenshot, stored as an artifact of the step, and the browser's state at the same
 * moment.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../store/store.ts';
import type { BrowserState, Computer, Screenshot } from '../ports.ts';
import type { Look } from './loop/loop.ts';

export interface LookRequest {
  readonly store: Store;
  readonly computer: Computer;
  readonly jobId: string;
  readonly stepId: string;
  readonly signal: AbortSignal;
}

/**
 * A look for the model, which need not wait until it is stored: `stored` has the hash of the browser's state then. A repeated
 * look of the same iteration replaces the earlier artifact of that name.
 */
export async function lookAt(
  request: LookRequest & { readonly iteration: number },
): Promise<Look & { readonly stored: Promise<string> }> {
  const { iteration, computer, signal } = request;
  const { picture, state } = await computer.sight(signal);
  const { bytes, mediaType } = picture;
  const name = nameOf(request, `screen-${String(iteration).padStart(4, '0')}`, picture);
  const stored = bothStored(keepState(request, state), keepPicture(request, name, picture));
  // It is waited for with the next checkpoint, which throws; until then nobody handles it.
  stored.catch(() => undefined);
  const imageUrl = `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`;
  return { imageUrl, name, hash: hashOf(picture), stored };
}

/** The first of two; settles only when both have, so that nothing is stored later. */
async function bothStored(state: Promise<string>, picture: Promise<unknown>): Promise<string> {
  await Promise.allSettled([state, picture]);
  await picture;
  return state;
}

/** A look for a person, named by its content, so that it can still be fetched after a newer look. */
export async function lookForPerson(
  request: LookRequest,
): Promise<{ readonly name: string; readonly sha256: string; readonly browserState: string }> {
  const { picture, state } = await request.computer.sight(request.signal);
  const name = nameOf(request, `person-${hashOf(picture).slice(0, 16)}`, picture);
  const kept = await keepPicture(request, name, picture);
  return { ...kept, browserState: await keepState(request, state) };
}

function nameOf({ stepId }: LookRequest, label: string, { mediaType }: Screenshot): string {
  return `${stepId}.${label}.${mediaType === 'image/png' ? 'png' : 'jpg'}`;
}

function hashOf({ bytes }: Screenshot): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function keepPicture(
  { store, jobId, stepId }: LookRequest,
  name: string,
  { bytes, mediaType }: Screenshot,
): Promise<{ readonly name: string; readonly sha256: string }> {
  return store.artifacts.put({ jobId, stepId, name, mediaType, content: bytes, deliverable: false });
}

async function keepState({ store }: LookRequest, state: BrowserState): Promise<string> {
  return (await store.artifacts.putContent(Buffer.from(JSON.stringify(state)))).sha256;
}

/**
 * How long to wait until the screen looks as before: a caret blinks once a second, and a restored page may still be
 * rendering.
 */
const likenessMilliseconds = 2_500;
/** Not a divisor of the caret's half second, so that the looks do not coincide with its phases. */
const likenessPauseMilliseconds = 170;

/** Whether the screen looks as it did when its screenshot had this hash. */
export async function screenShows(computer: Computer, hash: string, signal: AbortSignal): Promise<boolean> {
  const until = performance.now() + likenessMilliseconds;
  for (;;) {
    if (hashOf(await computer.screenshot(signal)) === hash) return true;
    if (performance.now() > until) return false;
    await delay(likenessPauseMilliseconds, undefined, { signal });
  }
}
