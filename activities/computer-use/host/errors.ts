/** Carries errors across the socket: each kind that is caught by class or type arrives as that class or type. */
import { ApplicationFailure } from '@temporalio/common';
import { Superseded } from '../../../store/jobs/ledger.ts';
import { failureTypes } from '../../../workflows/contract/failures.ts';
import { failure } from '../../failure.ts';
import { ActionProblem } from '../actions.ts';
import { BrowserNotReady } from '../playwright/not-ready.ts';
import type { ErrorMessage } from './connection/protocol.ts';

export function toErrorMessage(error: unknown): ErrorMessage {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ActionProblem) return { kind: 'action_problem', message };
  if (error instanceof Superseded) return { kind: 'superseded', message };
  if (error instanceof BrowserNotReady) return { kind: 'not_ready', message };
  const type = error instanceof ApplicationFailure ? failureTypes.find((known) => known === error.type) : undefined;
  return type === undefined ? { kind: 'other', message } : { kind: 'failure', type, message };
}

export function toError(error: ErrorMessage): Error {
  switch (error.kind) {
    case 'action_problem':
      return new ActionProblem(error.message);
    case 'superseded':
      return new Superseded(error.message);
    case 'not_ready':
      return new BrowserNotReady(error.message);
    case 'failure':
      return failure(error.type, error.message);
    case 'other':
      return failure('browser', error.message);
  }
}
