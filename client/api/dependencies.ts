/** What the API's handlers need, handed in by whoever makes the app: the process, or a test. */
import type { Logger } from 'pino';
import type { SubmitDependencies } from './submit.ts';

export interface ApiDependencies extends SubmitDependencies {
  readonly log: Logger;
  /** The address of Temporal's Web UI and the namespace, for links. */
  readonly temporalUi: { readonly url: string; readonly namespace: string };
}

/** The one tenant there is so far; every query already names it. */
export const tenant = 'default';
