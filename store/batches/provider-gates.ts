/** The gates of all providers' models, shared by the workers: read, judged and written in one transaction. */
import type { Transaction } from 'kysely';
import type { Database, Tables } from '../database/database.ts';
import {
  GateSchema,
  learnLimits,
  openGate,
  passGate,
  reportToGate,
  type CallReport,
  type Gate,
  type Passage,
  type ToldLimits,
} from './provider-gate.ts';

export interface ProviderGates {
  find(key: string): Promise<Gate>;
  /** Takes in how a call ended, and what its headers told. `probe` is what the call's admission said. */
  report(
    key: string,
    call: { readonly report: CallReport; readonly told: ToldLimits | null; readonly probe: boolean },
    now: number,
  ): Promise<void>;
}

export function createProviderGates(database: Database): ProviderGates {
  return {
    find: (key) => readGate(database, key),
    async report(key, { report, told, probe }, now) {
      await database.transaction().execute(async (transaction) => {
        const gate = await readGate(transaction, key);
        const learnt = told === null ? gate : learnLimits(gate, told, now);
        await writeGate(transaction, key, reportToGate(learnt, report, probe, now), now);
      });
    },
  };
}

/** Passes the gate within a transaction, which stands alone. */
export async function passStoredGate(
  transaction: Transaction<Tables>,
  key: string,
  tokens: number,
  now: number,
): Promise<Passage> {
  const gate = await readGate(transaction, key);
  const passage = passGate(gate, tokens, now);
  if (passage.passed && passage.gate !== gate) await writeGate(transaction, key, passage.gate, now);
  return passage;
}

async function readGate(database: Database, key: string): Promise<Gate> {
  const row = await database.selectFrom('provider_gates').select('data').where('key', '=', key).executeTakeFirst();
  return row === undefined ? openGate : GateSchema.parse(JSON.parse(row.data));
}

async function writeGate(database: Database, key: string, gate: Gate, now: number): Promise<void> {
  const row = { key, data: JSON.stringify(gate), updated_at: new Date(now).toISOString() };
  await database
    .insertInto('provider_gates')
    .values(row)
    .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
    .execute();
}
