/**
 * Wraps the ports of a worker with points at which the process kills itself; all code between them is the product's
 * own.
 */
import { z } from 'zod';
import { CheckpointSchema } from '../../activities/computer-use/loop/checkpoint.ts';
import type { ComputerHosts, LastingComputer, Model } from '../../activities/ports.ts';
import type { Ledger } from '../../store/jobs/ledger.ts';
import type { Store } from '../../store/store.ts';
import type { Seams } from '../../workers/clients.ts';
import { workerBoundaries, type WorkerBoundary } from './boundaries.ts';

export const KillOrderSchema = z.object({
  kind: z.enum(workerBoundaries),
  nth: z.int().min(1),
  share: z.number().min(0).max(1),
});
export type KillOrder = z.infer<typeof KillOrderSchema>;

/** Roughly the duration of one turn of the loop; a random kill falls within this many milliseconds. */
const turnMilliseconds = 400;

/** Without an order, nothing is killed. */
export function killPoints(order: KillOrder | null): Seams {
  let left = order?.nth ?? 0;
  const pass = (boundary: WorkerBoundary): void => {
    if (order?.kind !== boundary) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
  return {
    store: (store) => ({ ...store, ledger: withLedgerPoints(store.ledger, pass) }) satisfies Store,
    model: (model) => withModelPoints(model, pass),
    computers: (computers) => withComputerPoints(computers, pass, order),
  };
}

type Pass = (boundary: WorkerBoundary) => void;

function withLedgerPoints(ledger: Ledger, pass: Pass): Ledger {
  return {
    ...ledger,
    async writeCheckpoint(checkpoint) {
      const { call, asking } = CheckpointSchema.parse(checkpoint.data);
      const intent = call?.begun === true && !asking;
      const midBatch = call !== null && !call.begun && call.done > 0 && call.done < call.actions.length && !asking;
      if (intent) pass('before the intent is written');
      await ledger.writeCheckpoint(checkpoint);
      if (intent) pass('after the intent is written');
      if (midBatch) pass('in the middle of a batch');
    },
    async write(row) {
      await ledger.write(row);
      if (row.kind !== 'model_call') return;
      if (row.state === 'intended' && row.data['responseId'] !== undefined) pass('while the model thinks');
    },
    async settle(row, paid) {
      await ledger.settle(row, paid);
      if (row.state === 'done') pass('after the answer, before the checkpoint');
    },
  };
}

function withModelPoints(model: Model, pass: Pass): Model {
  return {
    async create(request) {
      const begun = await model.create(request);
      pass('after the answer is begun, before its id is stored');
      return begun;
    },
    retrieve: (...call) => model.retrieve(...call),
    cancel: (id) => model.cancel(id),
  };
}

function withComputerPoints(computers: ComputerHosts, pass: Pass, order: KillOrder | null): ComputerHosts {
  const within = (computer: LastingComputer): LastingComputer => {
    if (order?.kind === 'at a random moment') {
      // Applies to the start of a session too, so that faults also hit opening and resuming.
      const milliseconds = order.share * turnMilliseconds * order.nth;
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), milliseconds);
    }
    return new Proxy(computer, {
      get(target, property) {
        if (property === 'perform') {
          return async (...parameters: Parameters<LastingComputer['perform']>) => {
            await target.perform(...parameters);
            if (parameters[0].type === 'choose_files') pass('after a file is handed over, before that is written');
            pass('after the action, before it is written as done');
          };
        }
        if (property === 'sight') {
          return async (...parameters: Parameters<LastingComputer['sight']>) => {
            const taken = await target.sight(...parameters);
            pass('while the screen is looked at');
            return taken;
          };
        }
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
  return {
    open: async (...parameters) => within(await computers.open(...parameters)),
    async reattach(...parameters) {
      const found = await computers.reattach(...parameters);
      return found === null ? null : { ...found, computer: within(found.computer) };
    },
  };
}
