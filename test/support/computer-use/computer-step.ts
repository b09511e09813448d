/** The computer-use activity as tests run it: a model and a store of theirs, and all else as plain as can be. */
import {
  createRunComputerUse,
  type ComputerUseDependencies,
} from '../../../activities/computer-use/run-computer-use.ts';
import { createPaidCalls } from '../../../activities/llm/paid-call.ts';
import type { Model } from '../../../activities/ports.ts';
import type { Store } from '../../../store/store.ts';
import { FakeComputer } from './fake-computer.ts';

export function computerStep(store: Store, model: Model, parts: Partial<ComputerUseDependencies> = {}) {
  return createRunComputerUse({
    store,
    askOnce: createPaidCalls({ ...store, model, sleep: async () => undefined, wasCancelled: () => false }),
    computers: { reattach: async () => null, open: async () => new FakeComputer() },
    defaultModel: 'm',
    secrets: {},
    allowPrivateOrigins: [],
    ...parts,
  });
}
