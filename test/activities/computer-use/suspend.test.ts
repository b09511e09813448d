/** A computer-use step that asks a person: its activity ends, the store shows the question to people, and another activity continues. */
import { describe, expect, it } from 'vitest';
import type { Model, ModelRequest } from '../../../activities/ports.ts';
import type { Store } from '../../../store/store.ts';
import type { StepActivityInput, StepActivityResult, StepSuspension } from '../../../workflows/contract/jobs/job.ts';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { computerStep } from '../../support/computer-use/computer-step.ts';
import { FakeComputer } from '../../support/computer-use/fake-computer.ts';
import { callResponse, click, textResponse } from '../../support/llm/responses.ts';

const step = {
  id: 'visit',
  kind: 'computer_use',
  startUrl: 'https://site.example',
  goal: 'find it',
  approvals: { expiresAfter: '2h', risky: [{ words: ['send'] }] },
};
const definition = { network: { navigate: ['https://site.example'] }, steps: [step] };
const script = [{ ...callResponse('r1', [click(1)]), text: 'half way' }, textResponse('r2', 'sent')];

/** A run of the step's activity, on a screen that does not change by itself, where the pointer is over “Send”. */
function activity(store: Store, magnet: LeadMagnet, parts: Partial<StepActivityInput> = {}, attempt = 1) {
  const requests: ModelRequest[] = [];
  const model: Model = {
    create: async (request) => {
      requests.push(request);
      const before = script.findIndex(({ id }) => id === request.previousResponseId);
      return script[before + 1] ?? textResponse('r9', 'nothing is left');
    },
    retrieve: () => Promise.reject(new Error('nothing is under way')),
    cancel: async () => undefined,
  };
  const computer = new FakeComputer();
  computer.target = { words: 'Send', presses: true };
  const run = computerStep(store, model, { computers: { reattach: async () => null, open: async () => computer } });
  return {
    computer,
    requests,
    run: (): Promise<StepActivityResult | StepSuspension> =>
      activityPlace({ attempt }).run(run, stepInput(magnet, parts)),
  };
}

async function suspended(attempt = 1) {
  const { store, definition: magnet } = await storeWithJob(definition);
  const first = activity(store, magnet, {}, attempt);
  const result = await first.run();
  if (result.state !== 'awaiting_approval') throw new Error(`the step is ${result.state}`);
  return { store, magnet, first, result };
}

function resumption({ approval, attempts }: StepSuspension, decision: 'approve' | 'refuse') {
  const { requestId, callId, url, screenshot } = approval;
  const bound = { callId, url, screenshotSha256: screenshot.sha256 };
  return { attemptsBefore: attempts, decision: { requestId, decision, by: 'ada', note: null, ...bound } };
}

describe('a computer-use step that asks', () => {
  it('ends its activity with the question, the picture and what it has, and leaves its browser for the answer', async () => {
    const { store, first, result } = await suspended();
    expect(result).toMatchObject({
      output: { kind: 'inline', value: { text: 'half way' } },
      usage: { modelCalls: 1 },
      iterations: 1,
      attempts: 1,
      approval: {
        requestId: 'visit-1-1',
        callId: 'call_r1',
        question: 'click at 1,1 on “Send”',
        url: 'https://site.example/',
        screenshot: { name: 'visit-1-1.png' },
        expiresAfterSeconds: 7200,
      },
    });
    expect([first.computer.performed, first.computer.left, first.computer.closed]).toEqual([[], 'person', false]);
    const picture = await store.artifacts.find(job.id, 'visit-1-1.png');
    expect(picture?.sha256).toBe(result.approval.screenshot.sha256);
    const view = await store.jobViews.find(job.id);
    expect(view?.steps[0]).toMatchObject({ state: 'awaiting_approval', note: expect.stringContaining('on “Send”') });
    expect(view?.approvals).toMatchObject([{ requestId: 'visit-1-1', state: 'open', step: 'visit', decidedBy: null }]);
    const [asked] = view?.approvals ?? [];
    expect(Date.parse(asked?.expiresAt ?? '') - Date.parse(asked?.askedAt ?? '')).toBe(7_200_000);
    expect((await store.events.newest(job.id, 1))[0]).toMatchObject({ type: 'approval.asked' });
  });

  it('asks once, however often its activity is tried', async () => {
    const { store, magnet, result } = await suspended();
    const again = await activity(store, magnet, {}, 2).run();
    expect(again).toMatchObject({ state: 'awaiting_approval', approval: result.approval });
    expect((await store.jobViews.find(job.id))?.approvals).toHaveLength(1);
    const events = await store.events.after(job.id, 0, 100);
    expect(events.filter(({ type }) => type === 'approval.asked')).toHaveLength(1);
  });

  it('goes on when it is approved, in a later attempt of the same step, and says by whom', async () => {
    const { store, magnet, result } = await suspended(3);
    const second = activity(store, magnet, { sequence: 9, resumption: resumption(result, 'approve') });
    expect(await second.run()).toMatchObject({
      state: 'succeeded',
      attempts: 4,
      iterations: 2,
      usage: { modelCalls: 2 },
    });
    expect(second.computer.performed).toEqual(['click at 1,1']);
    const view = await store.jobViews.find(job.id);
    expect(view?.steps[0]).toMatchObject({ state: 'succeeded', attempts: 4, note: null });
    expect(view?.approvals).toMatchObject([{ state: 'approved', decidedBy: 'ada' }]);
    const events = await store.events.after(job.id, 0, 100);
    expect(events.map(({ type }) => type)).toContain('approval.approved');
  });

  it('does not act when it is refused, and reports that to the model', async () => {
    const { store, magnet, result } = await suspended();
    const second = activity(store, magnet, { sequence: 9, resumption: resumption(result, 'refuse') });
    expect(await second.run()).toMatchObject({ state: 'succeeded' });
    expect(second.computer.performed).toEqual([]);
    expect(JSON.stringify(second.requests[0]?.input)).toContain('A person was asked and refused this action');
    const turns = await store.computerTurns.newest({ jobId: job.id, stepId: 'visit', generation: 1 }, 10);
    expect(turns[0]?.actions).toMatchObject([{ outcome: 'refused' }]);
    expect((await store.jobViews.find(job.id))?.approvals).toMatchObject([{ state: 'refused' }]);
  });

  it('takes an answer for nothing but what it was given to', async () => {
    const { store, magnet, result } = await suspended();
    const approved = resumption(result, 'approve');
    for (const other of [
      { callId: 'call_x' },
      { url: 'https://evil.example/' },
      { screenshotSha256: 'b'.repeat(64) },
    ]) {
      const decision = { ...approved.decision, ...other };
      const { run, computer } = activity(store, magnet, { sequence: 9, resumption: { ...approved, decision } });
      expect(await run()).toMatchObject({ state: 'awaiting_approval' });
      expect(computer.performed).toEqual([]);
    }
  });

  it('whose question nobody answered in time gets that from the workflow', async () => {
    const { store } = await suspended();
    const reason = { type: 'approval_expired' as const, message: 'nobody answered' };
    const word = {
      stepId: 'visit',
      generation: 1,
      sequence: 5,
      state: 'timed_out' as const,
      reason,
      at: '2026-01-02T00:00:00Z',
    };
    await store.jobs.recordStepTransition(job.id, word);
    await store.jobs.recordStepTransition(job.id, word);
    const view = await store.jobViews.find(job.id);
    expect(view?.approvals).toMatchObject([{ state: 'expired', decidedBy: null }]);
    const events = await store.events.after(job.id, 0, 100);
    expect(events.filter(({ type }) => type === 'approval.expired')).toHaveLength(1);
  });
});
