import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { ActionProblem, type ComputerAction } from '../../../activities/computer-use/actions.ts';
import {
  CheckpointSchema,
  firstCheckpoint,
  type Checkpoint,
  type PendingCall,
} from '../../../activities/computer-use/loop/checkpoint.ts';
import { createRunComputerUse } from '../../../activities/computer-use/run-computer-use.ts';
import { createPaidCalls } from '../../../activities/llm/paid-call.ts';
import type { BrowserState, ComputerHosts, Model, ModelRequest, ModelResponse } from '../../../activities/ports.ts';
import type { Store } from '../../../store/store.ts';
import type { StepActivityResult, StepSuspension } from '../../../workflows/contract/jobs/job.ts';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { FakeComputer } from '../../support/computer-use/fake-computer.ts';
import { callResponse, click, textResponse } from '../../support/llm/responses.ts';

const step = { id: 'visit', kind: 'computer_use', startUrl: 'https://site.example', goal: 'find it' };
const definition = { network: { navigate: ['https://site.example'] }, steps: [step] };
const key = `${job.id}/visit/1`;
const script = [
  callResponse('r1', [click(1), { type: 'type', text: 'hello' }]),
  callResponse('r2', [click(2)]),
  textResponse('r3', 'found'),
];

class ScriptedModel implements Model {
  readonly requests: ModelRequest[] = [];
  readonly cancelled: string[] = [];
  private readonly answer: (request: ModelRequest, turn: number) => Promise<ModelResponse>;

  constructor(answer: (request: ModelRequest, turn: number) => Promise<ModelResponse>) {
    this.answer = answer;
  }

  async create(request: ModelRequest): Promise<ModelResponse> {
    this.requests.push(request);
    return this.answer(request, this.requests.length);
  }

  async retrieve(id: string): Promise<ModelResponse> {
    const found = script.find((response) => response.id === id);
    if (found === undefined) throw new Error(`there is no response ${id}`);
    return found;
  }

  async cancel(id: string): Promise<void> {
    this.cancelled.push(id);
  }
}

/** A model that continues from any given response. */
function afterPrevious(): ScriptedModel {
  return new ScriptedModel(async ({ previousResponseId }) => {
    const index = script.findIndex(({ id }) => id === previousResponseId);
    return script[index + 1] ?? textResponse('r9', 'nothing is left');
  });
}

function pending(actions: ComputerAction[]): PendingCall {
  const untouched = { problem: null, safetyChecks: [], acknowledged: [], approved: null, refused: false };
  return { callId: 'call_r1', screen: true, functions: [], actions, done: 0, begun: false, ...untouched };
}

type Surviving = Awaited<ReturnType<ComputerHosts['reattach']>>;

/** One attempt of the step, in a browser and a place of its own. */
function attempt(store: Store, magnet: LeadMagnet, model: Model, number = 1, surviving: Surviving = null) {
  const computer = new FakeComputer();
  const restored: (BrowserState | null)[] = [];
  const denials: { readonly target: string; readonly reason: string }[] = [];
  const run = createRunComputerUse({
    store,
    askOnce: createPaidCalls({ ...store, model, sleep: async () => undefined, wasCancelled: () => true }),
    computers: {
      reattach: async () => surviving,
      open: async (_owner, { onDenied }, restore) => {
        restored.push(restore);
        for (const denial of denials) onDenied(denial);
        return computer;
      },
    },
    defaultModel: 'm',
    secrets: {},
    allowPrivateOrigins: [],
  });
  const place = activityPlace({ attempt: number });
  const beats: Checkpoint[] = [];
  place.on('heartbeat', (details: unknown) => beats.push(CheckpointSchema.parse(details)));
  return {
    computer,
    restored,
    place,
    beats,
    /** Refuses a request as soon as the browser is open. */
    deny: (target: string, reason: string): void => void denials.push({ target, reason }),
    run: (): Promise<StepActivityResult | StepSuspension> => place.run(run, stepInput(magnet)),
  };
}

describe('a computer-use step', () => {
  it('A05: beats a whole checkpoint at every change, never an older one, and the store holds the newest', async () => {
    const { store, definition: magnet } = await storeWithJob(definition);
    const { run, beats, computer } = attempt(store, magnet, afterPrevious());
    const result = await run();
    expect(result).toMatchObject({ state: 'succeeded', recoveryLevel: 'fresh', iterations: 3, attempts: 1 });
    expect(result.output).toEqual({ kind: 'inline', value: { text: 'found' } });
    const iterations = beats.map(({ iteration }) => iteration);
    expect(iterations).toEqual(iterations.toSorted((left, right) => left - right));
    expect(new Set(iterations)).toEqual(new Set([0, 1, 2, 3]));
    expect(await store.ledger.readCheckpoint(key)).toEqual(beats.at(-1));
    expect(beats.at(-1)?.ended).toMatchObject({ reason: 'done' });
    expect(computer.closed).toBe(true);
  });

  it('A05: goes on in its second attempt where the first died, in a browser that is restored', async () => {
    const { store, definition: magnet } = await storeWithJob(definition);
    const dying = new ScriptedModel(async (_request, turn) => {
      const response = script[turn - 1];
      if (turn === 2 || response === undefined) throw new Error('the connection broke');
      return response;
    });
    const first = attempt(store, magnet, dying);
    await expect(first.run()).rejects.toThrow('the connection broke');
    expect(first.restored).toEqual([null]);
    // It is left to the next attempt, and ends with its lease if that comes too late.
    expect([first.computer.left, first.computer.closed]).toEqual(['worker', false]);

    const model = afterPrevious();
    const second = attempt(store, magnet, model, 2);
    expect(await second.run()).toMatchObject({ recoveryLevel: 'restored', iterations: 3, attempts: 2 });
    expect(second.restored).toEqual([expect.objectContaining({ url: 'https://site.example/' })]);
    expect(model.requests.map(({ previousResponseId }) => previousResponseId)).toEqual(['r1', 'r2']);
    expect(second.computer.performed).toEqual(['click at 2,1']);
    const view = await store.jobViews.find(job.id);
    expect(view?.steps[0]).toMatchObject({ recoveryLevel: 'restored', attempts: 2, state: 'succeeded' });
  });

  it('keeps of each turn what was seen, said, done and refused, also of one that a crash cut', async () => {
    const { store, definition: magnet } = await storeWithJob(definition);
    const first = attempt(store, magnet, afterPrevious());
    first.computer.notes = ['a dialog said "Hello"'];
    first.deny('10.0.0.1:80', 'private address');
    first.computer.failNext = new Error('the browser died');
    await expect(first.run()).rejects.toThrow('the browser died');
    const second = attempt(store, magnet, afterPrevious(), 2);
    second.computer.failNext = new ActionProblem('that is off the screen');
    await second.run();
    const turns = await store.computerTurns.after({ jobId: job.id, stepId: 'visit', generation: 1 }, 0, 10);
    expect(turns).toMatchObject([
      {
        iteration: 1,
        attempt: 1,
        recoveryLevel: 'fresh',
        responseId: 'r1',
        costUsd: 0.01,
        spentUsd: 0.01,
        url: 'https://site.example/',
        screenshot: {
          name: 'visit.screen-0001.png',
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
        notes: ['a dialog said "Hello"', 'a request to 10.0.0.1:80 was refused: private address'],
        actions: [
          {
            type: 'click',
            points: [
              {
                x: 1,
                y: 1,
              },
            ],
            outcome: 'uncertain',
          },
          {
            type: 'type',
            text: 'hello',
            outcome: 'not_run',
          },
        ],
      },
      {
        iteration: 2,
        attempt: 2,
        recoveryLevel: 'restored',
        responseId: 'r2',
        spentUsd: 0.02,
        notes: [expect.stringContaining('uncertain')],
        actions: [
          {
            points: [
              {
                x: 2,
                y: 1,
              },
            ],
            outcome: 'problem',
            problem: 'that is off the screen',
          },
        ],
      },
      { iteration: 3, responseId: 'r3', text: 'found', actions: [], spentUsd: 0.03 },
    ]);
    const events = await store.events.after(job.id, 0, 100);
    expect(events.filter(({ type }) => type === 'step.answered').map(({ message }) => message)).toEqual([
      'iteration 1 answered: click at 1,1; type 5 characters',
      'iteration 2 answered: click at 2,1',
      'iteration 3 answered: found',
    ]);
  });

  it('A05: goes on in the very browser that was left, knows what it did last, and asks for nothing again', async () => {
    const { store, definition: magnet } = await storeWithJob(definition);
    const browser = { host: 'fake-host', actions: 1 };
    // The worker died after "type" was begun: the checkpoint does not know whether it happened.
    const call = { ...pending([click(1), { type: 'type', text: 'hello' }]), done: 1, begun: true };
    const data = { ...firstCheckpoint, iteration: 1, responseId: 'r1', call, browser };
    await store.ledger.writeCheckpoint({ key, jobId: job.id, attempt: 1, data });
    const survivor = new FakeComputer();
    const standing = { alive: true, actions: 2, newest: { state: 'done' as const } };
    const model = afterPrevious();
    const { run, restored } = attempt(store, magnet, model, 2, { computer: survivor, standing });
    expect(await run()).toMatchObject({ state: 'succeeded', recoveryLevel: 'reattached', iterations: 3 });
    expect(restored).toEqual([]);
    expect(survivor.performed).toEqual(['click at 2,1']);
    // All actions were done: there is nothing to report, and the model continues normally.
    expect(model.requests[0]?.input).toEqual([
      expect.objectContaining({ type: 'computer_result', callId: call.callId }),
    ]);
    expect(survivor.closed).toBe(true);
  });

  it('A05: that is stopped with its worker leaves its browser to the next one', async () => {
    const { store, definition: magnet } = await storeWithJob(definition);
    const model = new ScriptedModel(async () => {
      place.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
      return { ...textResponse('r1', ''), status: 'pending' };
    });
    const { run, place, computer } = attempt(store, magnet, model);
    await expect(run()).rejects.toThrow(CancelledFailure);
    expect([computer.left, computer.closed]).toEqual(['worker', false]);
  });

  it('A05: that ended, but whose worker died before it could say so, is not gone through again', async () => {
    const { store, definition: magnet } = await storeWithJob(definition);
    const ended = { reason: 'done' as const, message: '', text: 'found before' };
    const browser = { host: 'fake-host', actions: 0 };
    const data = { ...firstCheckpoint, iteration: 7, responseId: 'r7', ended, browser };
    await store.ledger.writeCheckpoint({ key, jobId: job.id, attempt: 1, data });
    const model = afterPrevious();
    const survivor = new FakeComputer();
    const standing = { alive: true, actions: 0, newest: null };
    const { run, restored } = attempt(store, magnet, model, 2, { computer: survivor, standing });
    const result = await run();
    expect(result).toMatchObject({ state: 'succeeded', iterations: 7, recoveryLevel: null });
    expect(result.output).toEqual({ kind: 'inline', value: { text: 'found before' } });
    expect([model.requests, survivor.performed]).toEqual([[], []]);
    // No browser is opened for it, and the one that was left is ended.
    expect([restored, survivor.closed]).toEqual([[], true]);
  });

  it('A05: yields to a later attempt: one that was taken for dead opens no browser and keeps nothing', async () => {
    const { store, definition: magnet } = await storeWithJob(definition);
    await store.ledger.writeCheckpoint({ key, jobId: job.id, attempt: 2, data: firstCheckpoint });
    const { run, restored } = attempt(store, magnet, afterPrevious(), 1);
    await expect(run()).rejects.toThrow('a later attempt than 1');
    expect(restored).toEqual([]);
  });

  it('that is cancelled ends as cancelled, closes its browser and stops the call at the provider', async () => {
    const { store, definition: magnet } = await storeWithJob(definition);
    const model = new ScriptedModel(async () => {
      place.cancel();
      return { ...textResponse('r1', ''), status: 'pending' };
    });
    const { run, place, computer } = attempt(store, magnet, model);
    await expect(run()).rejects.toThrow(CancelledFailure);
    expect(computer.closed).toBe(true);
    expect(model.cancelled).toEqual(['r1']);
  });

  it('A12: whose browser cannot be opened fails by type, and may be tried again', async () => {
    const { store, definition: magnet } = await storeWithJob(definition);
    const run = createRunComputerUse({
      store,
      askOnce: () => Promise.reject(new Error('nobody is asked')),
      computers: { open: () => Promise.reject(new Error('no display')), reattach: async () => null },
      defaultModel: 'm',
      secrets: {},
      allowPrivateOrigins: [],
    });
    const running = activityPlace().run(run, stepInput(magnet));
    await expect(running).rejects.toMatchObject({ type: 'browser', nonRetryable: false });
  });
});
