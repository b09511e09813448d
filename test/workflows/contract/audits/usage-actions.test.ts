import { describe, expect, it } from 'vitest';
import {
  usageActions,
  type LivingWorker,
  type UsageFacts,
} from '../../../../workflows/contract/audits/usage-actions.ts';
import { usagePath } from '../../../../workflows/contract/audits/usage-path.ts';

const told = { exportsMetrics: true, alertReceivers: 1 };
const worker = (process: string, queue: LivingWorker['queue'], parts: Partial<LivingWorker> = {}): LivingWorker => ({
  process,
  queue,
  slots: 1,
  told,
  ...parts,
});
const nothing: UsageFacts = {
  workers: [],
  apiExportsMetrics: false,
  steps: 0,
  singleAttempts: 0,
  tightLoops: 0,
  runs: 0,
  reached80: 0,
  coldStarts: 0,
  warmStarts: 0,
};
const states = (facts: Partial<UsageFacts>): Record<string, string> =>
  Object.fromEntries(usageActions('A', { ...nothing, ...facts }).map(({ action, state }) => [action, state]));

describe('A07: the path', () => {
  it.each([
    [0, 0, 'A'],
    [0, 7, 'A'],
    [4, 100, 'A'],
    [499, 10_000, 'A'],
    [5, 100, 'B'],
    [20, 100, 'B'],
    [2_001, 10_000, 'C'],
    [1, 1, 'C'],
  ])('of %i lead magnets with computer use among %i is %s', (using, all, path) => {
    expect(usagePath(using, all)).toBe(path);
  });

  it('asks for what the paths before it ask for as well', () => {
    const due = (path: 'A' | 'B' | 'C'): number => usageActions(path, nothing).filter(({ isDue }) => isDue).length;
    expect([due('A'), due('B'), due('C')]).toEqual([4, 6, 9]);
  });
});

describe('A07: whether an installation has what a path asks for', () => {
  it('is not known where no worker lives and nothing was recorded', () => {
    expect(states({ apiExportsMetrics: true })).toMatchObject({
      'metrics are exported': 'unknown',
      'an alarm on time-outs': 'unknown',
      'people are told of alerts': 'unknown',
      'limits leave room': 'unknown',
      'runs find a browser that is ready': 'unknown',
      'several browsers at once': 'no',
    });
  });

  it('is judged by what living workers tell of their settings', () => {
    const workers = [worker('a', 'jobs'), worker('b', 'browser')];
    expect(states({ workers, apiExportsMetrics: true })).toMatchObject({
      'metrics are exported': 'yes',
      // Whether somebody reads them cannot be seen.
      'an alarm on time-outs': 'unknown',
      'people are told of alerts': 'yes',
    });
    const deaf = worker('a', 'jobs', { told: { exportsMetrics: false, alertReceivers: 0 } });
    expect(states({ workers: [deaf], apiExportsMetrics: true })).toMatchObject({
      'metrics are exported': 'no',
      'an alarm on time-outs': 'no',
      'people are told of alerts': 'no',
    });
    const older = worker('a', 'jobs', { told: null });
    expect(states({ workers: [older], apiExportsMetrics: true })).toMatchObject({ 'metrics are exported': 'unknown' });
    expect(states({ workers })).toMatchObject({ 'metrics are exported': 'no' });
  });

  it('is judged by the queues that the process of each worker serves', () => {
    const shared = [worker('a', 'jobs'), worker('a', 'browser', { slots: 2 })];
    expect(states({ workers: shared })).toMatchObject({
      'several browsers at once': 'yes',
      'browsers have workers of their own': 'no',
      'a second worker for browsers': 'no',
    });
    const own = [worker('a', 'jobs'), worker('b', 'browser'), worker('c', 'browser')];
    expect(states({ workers: own })).toMatchObject({
      'several browsers at once': 'yes',
      'browsers have workers of their own': 'yes',
      'a second worker for browsers': 'yes',
    });
  });

  it('is judged by limits in force and by recorded runs', () => {
    expect(states({ steps: 3, runs: 100, reached80: 4, coldStarts: 9, warmStarts: 91 })).toMatchObject({
      'failed attempts are repeated': 'yes',
      'limits leave room': 'yes',
      'runs find a browser that is ready': 'yes',
    });
    expect(states({ steps: 3, singleAttempts: 1, runs: 100, reached80: 5, coldStarts: 100 })).toMatchObject({
      'failed attempts are repeated': 'no',
      'limits leave room': 'no',
      'runs find a browser that is ready': 'no',
    });
    expect(states({ steps: 3, tightLoops: 1, runs: 100 })).toMatchObject({ 'limits leave room': 'no' });
  });
});
