import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CheckpointSchema, firstCheckpoint } from '../../../../activities/computer-use/loop/checkpoint.ts';
import { runLoop } from '../../../../activities/computer-use/loop/loop.ts';
import { Stopwatch } from '../../../../activities/computer-use/times/stopwatch.ts';
import type { Model } from '../../../../activities/ports.ts';
import type { StepActivityInput, StepActivityResult, StepSuspension } from '../../../../workflows/contract/jobs/job.ts';
import { computerStep } from '../../../support/computer-use/computer-step.ts';
import { FakeComputer } from '../../../support/computer-use/fake-computer.ts';
import { scripted, task } from '../../../support/computer-use/scripted-loop.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../../support/jobs/activity-inputs.ts';
import { callResponse, click, textResponse } from '../../../support/llm/responses.ts';

const key = `${job.id}/visit/1`;
const step = { id: 'visit', kind: 'computer_use', startUrl: 'https://site.example', goal: 'find it' };
const definition = { network: { navigate: ['https://site.example'] }, steps: [step] };
const script = [callResponse('r1', [click(1)]), textResponse('r2', 'found')];

/** A model that answers after a while, each time from where the conversation is. */
const slowModel: Model = {
  async create({ previousResponseId }) {
    await delay(30);
    const before = script.findIndex(({ id }) => id === previousResponseId);
    return script[before + 1] ?? textResponse('r9', 'nothing is left');
  },
  retrieve: () => Promise.reject(new Error('nothing is under way')),
  cancel: async () => undefined,
};

type Result = StepActivityResult | StepSuspension;

describe('the times of a computer-use step', () => {
  it('count each moment once, whatever overlaps', async () => {
    let clock = 0;
    const before = { modelMs: 1, browserMs: 2, storeMs: 3, waitingMs: 4 };
    const stopwatch = new Stopwatch(before, () => clock);
    clock += 10;
    await stopwatch.during('browser', async () => {
      clock += 100;
      await stopwatch.during('model', async () => void (clock += 1_000));
      await stopwatch.during('browser', async () => void (clock += 100));
      const handBack = stopwatch.begin('person');
      await stopwatch.during('model', async () => void (clock += 10_000));
      handBack();
    });
    clock += 20;
    expect(stopwatch.read()).toEqual({ modelMs: 1_001, browserMs: 202, storeMs: 33, waitingMs: 10_004 });
  });

  it('L12: are told with the outcome, add up to the session, and go on in the attempt after a crash', async () => {
    const { store, definition: magnet } = await storeWithJob(definition);
    const computer = new FakeComputer();
    computer.failNext = new Error('the browser died');
    const dying = computerStep(store, slowModel, {
      computers: { reattach: async () => null, open: async () => computer },
    });
    await expect(activityPlace().run(dying, stepInput(magnet))).rejects.toThrow('the browser died');
    const left = CheckpointSchema.parse(await store.ledger.readCheckpoint(key));
    expect(left.times.modelMs).toBeGreaterThanOrEqual(29);

    const started = performance.now();
    const { times }: Result = await activityPlace({ attempt: 2 }).run(
      computerStep(store, slowModel),
      stepInput(magnet),
    );
    const took = performance.now() - started;
    const last = CheckpointSchema.parse(await store.ledger.readCheckpoint(key));
    expect(times).toEqual(last.times);
    expect(last.times.modelMs).toBeGreaterThanOrEqual(left.times.modelMs + 29);
    const sum = (at: typeof left.times): number => at.modelMs + at.browserMs + at.storeMs;
    // The session begins before the loop's active time and ends with it; each part is rounded to a millisecond.
    expect(sum(last.times)).toBeGreaterThanOrEqual(last.activeMilliseconds - 3);
    expect(sum(last.times) - sum(left.times)).toBeLessThanOrEqual(took + 3);
    expect(last.times.waitingMs).toBe(0);
  });

  it('count the wait for an answer once, though the activity that continues dies', async () => {
    const { store, definition: magnet } = await storeWithJob({
      ...definition,
      steps: [{ ...step, approvals: { expiresAfter: '2h', risky: [{ words: ['send'] }] } }],
    });
    const computer = new FakeComputer();
    computer.target = { words: 'Send', presses: true };
    const computers = { reattach: async () => null, open: async () => computer };
    const run = computerStep(store, slowModel, { computers });
    const asked: Result = await activityPlace().run(run, stepInput(magnet));
    if (asked.state !== 'awaiting_approval') throw new Error(`the step is ${asked.state}`);
    const hour = 3_600_000;
    const data = CheckpointSchema.parse(await store.ledger.readCheckpoint(key));
    const longAgo = { ...data, askedAt: (data.askedAt ?? Number.NaN) - hour };
    await store.ledger.writeCheckpoint({ key, jobId: job.id, attempt: 1, data: longAgo });

    const { callId, url, requestId, screenshot } = asked.approval;
    const decision = { requestId, decision: 'approve' as const, by: 'ada', note: null, callId, url };
    const resumption = { attemptsBefore: 1, decision: { ...decision, screenshotSha256: screenshot.sha256 } };
    const parts: Partial<StepActivityInput> = { sequence: 9, resumption };
    computer.failNext = new Error('the browser died');
    await expect(activityPlace().run(run, stepInput(magnet, parts))).rejects.toThrow('the browser died');
    const { times }: Result = await activityPlace({ attempt: 2 }).run(run, stepInput(magnet, parts));
    expect(times?.waitingMs).toBeGreaterThanOrEqual(hour);
    expect(times?.waitingMs).toBeLessThan(1.5 * hour);
  });

  it('A05: are not needed in a checkpoint that an earlier version has written', () => {
    const { times, repeats, askedAt, ...older } = firstCheckpoint;
    expect(CheckpointSchema.parse(older)).toMatchObject({ times, repeats, askedAt });
  });
});

describe('repeats of a loop', () => {
  it('L20: are counted for the same actions on the same screen, over a crash, and not for others', async () => {
    const answers = [1, 1, 2, 2, 2, 2].map((x, index) => callResponse(`r${index + 1}`, [click(x)]));
    const crashing = scripted([...answers, textResponse('r7', 'done')], {
      crashWhen: ({ iteration, call }) => iteration === 4 && call?.done === 1,
    });
    crashing.computer.frozen = true;
    await expect(runLoop(task, firstCheckpoint, crashing.ports)).rejects.toThrow('crash');
    expect(crashing.newest().repeats).toMatchObject({ row: 2, longest: 2 });
    const resumed = scripted([...answers, textResponse('r7', 'done')], { sameBrowser: true });
    resumed.computer.frozen = true;
    await runLoop(task, crashing.newest(), resumed.ports);
    expect(resumed.newest().repeats).toEqual({ hash: null, row: 0, longest: 4 });

    const moving = scripted([...answers, textResponse('r7', 'done')]);
    await runLoop(task, firstCheckpoint, moving.ports);
    expect(moving.newest().repeats.longest).toBe(1);
  });
});
