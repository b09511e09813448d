/** Rows of the ledger that several attempts write, of which only the latest counts. */
import { describe, expect, it } from 'vitest';
import { Superseded, type NewLedgerRow } from '../../../store/jobs/ledger.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const of = (attempt: number, id: string): NewLedgerRow => ({
  key: 'k',
  jobId: 'j',
  kind: 'model_call',
  state: 'intended',
  data: { id },
  attempt,
});
const usage = { modelCalls: 1, inputTokens: 5, cachedInputTokens: 0, outputTokens: 2, costUsd: 0.5 };

describe('a row that a later attempt has written', () => {
  it('is not changed by an earlier one, which gets an error', async () => {
    const { ledger } = await temporaryStore();
    await ledger.begin(of(1, 'first'));
    await ledger.write(of(2, 'second'));
    await expect(ledger.write(of(1, 'late'))).rejects.toThrow(Superseded);
    await expect(ledger.settle({ ...of(1, 'late'), state: 'done' }, null)).rejects.toThrow(Superseded);
    await ledger.write(of(2, 'again'));
    expect(await ledger.find('k')).toEqual({ state: 'intended', data: { id: 'again' }, attempt: 2 });
  });

  it('keeps out of the way of what the earlier one has cost', async () => {
    const { ledger, modelCalls } = await temporaryStore();
    await ledger.write(of(2, 'second'));
    const paid = { responseId: 'r1', key: 'k', jobId: 'j', stepId: 's', model: 'm', usage };
    await expect(ledger.settle({ ...of(1, 'late'), state: 'done' }, paid)).rejects.toThrow(Superseded);
    expect(await modelCalls.usageUnder('j', 'k')).toMatchObject({ costUsd: 0.5 });
  });
});

describe('a row that is replaced', () => {
  it('must be as it was read, and the replacement may be repeated', async () => {
    const { ledger } = await temporaryStore();
    await ledger.begin(of(1, 'first'));
    const before = await ledger.find('k');
    if (before === null) throw new Error('there is no row');
    await ledger.write(of(1, 'meanwhile'));
    expect(await ledger.replace(of(2, 'second'), before)).toBe(false);
    const now = await ledger.find('k');
    if (now === null) throw new Error('there is no row');
    expect(await ledger.replace(of(2, 'second'), now)).toBe(true);
    expect(await ledger.replace(of(2, 'second'), now)).toBe(true);
    await expect(ledger.replace(of(1, 'late'), now)).rejects.toThrow(Superseded);
  });

  it('is replaced by one of several that try at once', async () => {
    const { ledger } = await temporaryStore();
    await ledger.begin(of(1, 'first'));
    const before = await ledger.find('k');
    if (before === null) throw new Error('there is no row');
    const tries = ['a', 'b', 'c'].map((id) => ledger.replace(of(2, id), before));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });
});
