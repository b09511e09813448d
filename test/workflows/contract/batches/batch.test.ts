import { describe, expect, it } from 'vitest';
import { BatchDefinitionSchema, BatchLimitChangesSchema } from '../../../../workflows/contract/batches/schema.ts';
import {
  partitionCount,
  batchOutcome,
  batchPages,
  itemLimitMessage,
  partitionShare,
  noBatchCounts,
} from '../../../../workflows/contract/batches/batch.ts';
import { batchLimitProblems, defaultBatchLimits } from '../../../../workflows/contract/batches/limits.ts';

const definition = { name: 'n', model: 'm', prompt: 'Say {{item.word}}' };

describe('the limits of a batch', () => {
  it('P03 P04 P05 P06 P08 P09 P17 P18: are by default what the product promises', () => {
    expect(BatchDefinitionSchema.parse(definition).limits).toEqual({
      parallel: 50,
      pageSize: 1000,
      itemSeconds: 7200,
      itemClock: 'submission',
      jobSeconds: 172_800,
      retries: 6,
      callSeconds: 60,
      callsPerHour: 24_000,
      capUsd: 50,
      capPerHourUsd: 50,
      lostSeconds: 600,
      resubmitUncertain: false,
    });
  });

  it('are refused with a sentence for each contradiction', () => {
    const limits = { ...defaultBatchLimits, parallel: 0, retries: 1.5, callSeconds: 100, itemSeconds: 60, pageSize: 0 };
    expect(batchLimitProblems(limits)).toEqual([
      'parallel 0 is not between 1 and 1000',
      'retries 1.5 is not a whole number',
      'pageSize 0 is not a whole number between 1 and 10000',
      'callSeconds 100 is above itemSeconds 60: no call could end',
    ]);
    expect(batchLimitProblems(defaultBatchLimits)).toEqual([]);
  });

  it('P24: may be changed one by one, but for those that a run is built on', () => {
    expect(BatchLimitChangesSchema.parse({ jobSeconds: 345_600 })).toEqual({ jobSeconds: 345_600 });
    expect(BatchLimitChangesSchema.safeParse({ pageSize: 5 }).success).toBe(false);
  });

  it('P27: name the timed-out item to the letter', () => {
    expect(itemLimitMessage(7200)).toBe('exceeded 2 hour timeout');
    expect(itemLimitMessage(5400)).toBe('exceeded 1.5 hour timeout');
  });
});

describe('a definition', () => {
  it('is refused when its prompt names what an item cannot have', () => {
    const bad = BatchDefinitionSchema.safeParse({ ...definition, prompt: 'Say {{word}} {{item.word}}' });
    expect(bad.error?.issues.map(({ message }) => message)).toEqual([
      '{{word}} is not known; use {{item}} or {{item.…}}',
    ]);
    expect(
      BatchDefinitionSchema.safeParse({ ...definition, prompt: '{{#item.tags}}{{.}}{{/item.tags}}' }).success,
    ).toBe(true);
  });
});

describe('the window', () => {
  it('P08: is divided among partitions without a rest', () => {
    for (const parallel of [1, 25, 26, 50, 77, 1000]) {
      const partitions = partitionCount(parallel);
      const shares = Array.from({ length: partitions }, (_, partition) =>
        partitionShare(parallel, partition, partitions),
      );
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(parallel);
      expect(Math.max(...shares)).toBeLessThanOrEqual(25);
    }
  });

  it('P09: has pages, one even when there are no items', () => {
    expect([0, 1, 1000, 1001, 100_000].map((count) => batchPages(count, 1000))).toEqual([1, 1, 1, 2, 100]);
  });
});

describe('the outcome of a batch', () => {
  const counts = (parts: object) => ({ ...noBatchCounts(), ...parts });

  it('P13: is failed when all items failed, and P12: not when one did', () => {
    expect(batchOutcome(counts({ failed: 2, timed_out: 1 }), null)).toBe('failed');
    expect(batchOutcome(counts({ succeeded: 1, failed: 99 }), null)).toBe('completed_with_errors');
    expect(batchOutcome(counts({ succeeded: 3 }), null)).toBe('completed');
    expect(batchOutcome(noBatchCounts(), null)).toBe('completed');
  });

  it('P06: is failed at the limit of the job, whatever was answered', () => {
    expect(batchOutcome(counts({ succeeded: 5, failed: 1 }), 'job_time_limit')).toBe('failed');
    expect(batchOutcome(counts({ succeeded: 5, cancelled: 1 }), 'cancelled')).toBe('cancelled');
  });
});
