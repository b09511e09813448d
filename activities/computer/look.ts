/** One look at the screen: the picture, stored as the step's artifact, and the browser's state at the same moment. */
import type { Store } from '../../store/store.ts';
import type { Computer } from '../ports.ts';
import type { Look } from './loop.ts';

export async function lookAt(request: {
  readonly store: Store;
  readonly computer: Computer;
  readonly jobId: string;
  readonly stepId: string;
  readonly iteration: number;
  readonly signal: AbortSignal;
}): Promise<Look & { readonly browserState: string }> {
  const { store, computer, jobId, stepId, iteration, signal } = request;
  const { bytes, mediaType } = await computer.screenshot(signal);
  const extension = mediaType === 'image/png' ? 'png' : 'jpg';
  const name = `${stepId}.screen-${String(iteration).padStart(4, '0')}.${extension}`;
  const artifact = await store.artifacts.put({ jobId, stepId, name, mediaType, content: bytes, deliverable: false });
  const state = await store.artifacts.putContent(Buffer.from(JSON.stringify(await computer.state(signal))));
  const imageUrl = `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`;
  return { imageUrl, name, hash: artifact.sha256, browserState: state.sha256 };
}
