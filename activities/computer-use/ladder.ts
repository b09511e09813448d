/**
 * The ladder by which an attempt comes to its browser: the very one that was left, else a new one in its last known
 * state, else one on the start page.
 */
import { Superseded } from '../../store/jobs/ledger.ts';
import type { Artifacts } from '../../store/artifacts/artifacts.ts';
import type { Rung } from '../../workflows/contract/jobs/job.ts';
import { failure } from '../failure.ts';
import type { BrowserState, ComputerHosts, ComputerOwner, ComputerSettings, LastingComputer } from '../ports.ts';
import { BrowserStateSchema } from './browser-state.ts';
import type { Checkpoint, PendingCall } from './loop/checkpoint.ts';
import { settlePendingCall } from './pending-action.ts';

export interface LadderRequest {
  readonly artifacts: Artifacts;
  readonly computers: ComputerHosts;
  readonly owner: ComputerOwner;
  readonly settings: ComputerSettings;
  /** Null in the first attempt. */
  readonly checkpoint: Checkpoint | null;
  readonly signal: AbortSignal;
}

export interface OpenedBrowser {
  readonly computer: LastingComputer;
  readonly rung: Rung;
  /** The call that the model waits for, with what a surviving browser knows of it. */
  readonly call: PendingCall | null;
}

/** Throws `Superseded` when a later attempt has the browser, else a failure by type. */
export async function openBrowser(request: LadderRequest): Promise<OpenedBrowser> {
  try {
    return await climb(request);
  } catch (error) {
    if (request.signal.aborted || error instanceof Superseded) throw error;
    if (error instanceof Error && error.name === 'ApplicationFailure') throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw failure('browser', `the browser could not be opened: ${message}`, { cause: error });
  }
}

async function climb(request: LadderRequest): Promise<OpenedBrowser> {
  const { artifacts, computers, owner, settings, checkpoint, signal } = request;
  const open = (restore: BrowserState | null): Promise<LastingComputer> =>
    computers.open(owner, settings, restore, signal);
  if (checkpoint === null) return { computer: await open(null), rung: 'fresh', call: null };
  const { browser, browserState, call } = checkpoint;
  const found = browser === null ? null : await computers.reattach(owner, browser, settings.onDenied, signal);
  if (browser !== null && found !== null) {
    const { computer, standing } = found;
    return { computer, rung: 'reattached', call: settlePendingCall(checkpoint, browser, standing) };
  }
  if (browserState === null) return { computer: await open(null), rung: 'restarted', call };
  const content = await artifacts.getContent(browserState);
  const state = BrowserStateSchema.parse(JSON.parse(content.toString('utf8')));
  return { computer: await open(state), rung: 'restored', call };
}
