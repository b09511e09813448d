/**
 * Gets an attempt its browser at the highest recovery level that is possible: reattached (the browser that the previous
 * attempt used), restored (a new browser in the last known state) or restarted (a new browser on the start page).
 */
import { Superseded } from '../../store/jobs/ledger.ts';
import type { Artifacts } from '../../store/artifacts/artifacts.ts';
import type { RecoveryLevel } from '../../workflows/contract/jobs/job.ts';
import { failure } from '../failure.ts';
import type { BrowserState, ComputerHosts, ComputerOwner, ComputerSettings, LastingComputer } from '../ports.ts';
import { BrowserStateSchema } from './browser-state.ts';
import type { Checkpoint, PendingCall } from './loop/checkpoint.ts';
import { settlePendingCall } from './pending-action.ts';

export interface RecoveryRequest {
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
  readonly recoveryLevel: RecoveryLevel;
  /** The pending call, completed by what a surviving browser knows of it. */
  readonly call: PendingCall | null;
}

/** Throws `Superseded` when a later attempt has the browser, and otherwise a failure with a type. */
export async function openBrowser(request: RecoveryRequest): Promise<OpenedBrowser> {
  try {
    return await recover(request);
  } catch (error) {
    if (request.signal.aborted || error instanceof Superseded) throw error;
    if (error instanceof Error && error.name === 'ApplicationFailure') throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw failure('browser', `the browser could not be opened: ${message}`, { cause: error });
  }
}

async function recover(request: RecoveryRequest): Promise<OpenedBrowser> {
  const { artifacts, computers, owner, settings, checkpoint, signal } = request;
  const open = (restore: BrowserState | null): Promise<LastingComputer> =>
    computers.open(owner, settings, restore, signal);
  if (checkpoint === null) return { computer: await open(null), recoveryLevel: 'fresh', call: null };
  const { browser, browserState, call } = checkpoint;
  const found = browser === null ? null : await computers.reattach(owner, browser, settings.onDenied, signal);
  if (browser !== null && found !== null) {
    const { computer, standing } = found;
    return { computer, recoveryLevel: 'reattached', call: settlePendingCall(checkpoint, browser, standing) };
  }
  if (browserState === null) return { computer: await open(null), recoveryLevel: 'restarted', call };
  const content = await artifacts.getContent(browserState);
  const state = BrowserStateSchema.parse(JSON.parse(content.toString('utf8')));
  return { computer: await open(state), recoveryLevel: 'restored', call };
}
