/**
 * One look at the screen: the screenshot, stored as an artifact of the step, and the browser's state at the same
 * moment.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../../store/store.ts';
import type { Computer } from '../ports.ts';
import type { Look } from './loop/loop.ts';

export interface LookRequest {
  readonly store: Store;
  readonly computer: Computer;
  readonly jobId: string;
  readonly stepId: string;
  readonly signal: AbortSignal;
}

/** A look for the model. A repeated look of the same iteration replaces the earlier artifact of that name. */
export async function lookAt(
  request: LookRequest & { readonly iteration: number },
): Promise<Look & { readonly browserState: string }> {
  const { iteration, computer, signal } = request;
  const { bytes, mediaType } = await computer.screenshot(signal);
  const label = `screen-${String(iteration).padStart(4, '0')}`;
  const [{ name, sha256 }, browserState] = await Promise.all([
    keepPicture(request, label, { bytes, mediaType }),
    keepState(request),
  ]);
  const imageUrl = `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`;
  return { imageUrl, name, hash: sha256, browserState };
}

/** A look for a person, named by its content, so that it can still be fetched after a newer look. */
export async function lookForPerson(
  request: LookRequest,
): Promise<{ readonly name: string; readonly sha256: string; readonly browserState: string }> {
  const picture = await request.computer.screenshot(request.signal);
  const hash = createHash('sha256').update(picture.bytes).digest('hex');
  const kept = await keepPicture(request, `person-${hash.slice(0, 16)}`, picture);
  return { ...kept, browserState: await keepState(request) };
}

async function keepPicture(
  { store, jobId, stepId }: LookRequest,
  label: string,
  { bytes, mediaType }: Awaited<ReturnType<Computer['screenshot']>>,
): Promise<{ readonly name: string; readonly sha256: string }> {
  const name = `${stepId}.${label}.${mediaType === 'image/png' ? 'png' : 'jpg'}`;
  return store.artifacts.put({ jobId, stepId, name, mediaType, content: bytes, deliverable: false });
}

async function keepState({ store, computer, signal }: LookRequest): Promise<string> {
  const state = await store.artifacts.putContent(Buffer.from(JSON.stringify(await computer.state(signal))));
  return state.sha256;
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
    const { bytes } = await computer.screenshot(signal);
    if (createHash('sha256').update(bytes).digest('hex') === hash) return true;
    if (performance.now() > until) return false;
    await delay(likenessPauseMilliseconds, undefined, { signal });
  }
}
