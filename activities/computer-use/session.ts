/**
 * A computer-use session: the browser (kept from an earlier attempt, restored or new), the checkpoint to continue from,
 * and the loop's ports, which write to the store before the loop continues and send the newest checkpoint with every
 * heartbeat.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { Store } from '../../store/store.ts';
import type { RecoveryLevel, StepActivityInput } from '../../workflows/contract/jobs/job.ts';
import type { JsonValue } from '../../workflows/contract/json/json.ts';
import type { ComputerUseStep } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import type { Usage } from '../../workflows/contract/usage.ts';
import { StoppedCall, type createPaidCalls, type PaidAnswer, type PaidCall } from '../llm/paid-call.ts';
import type { ComputerHosts, ComputerSettings, LastingComputer, ModelRequest, ModelResponse } from '../ports.ts';
import {
  CheckpointSchema,
  firstCheckpoint,
  type Checkpoint,
  type KeptDownload,
  type LoopEnd,
} from './loop/checkpoint.ts';
import { createDenials } from './denials.ts';
import { inOrder } from './in-order.ts';
import { openBrowser } from './recovery.ts';
import { lookAt, lookForPerson, screenShows } from './look.ts';
import type { LoopPorts } from './loop/loop.ts';
import { takeDownloads, type Taken } from './files/downloads.ts';
import { provideFiles, type OfferedArtifact } from './files/offered.ts';
import { fileInstructions } from './loop/file-function.ts';
import { computerInstructions, secretInstructions } from './loop/messages.ts';
import { yieldToPerson } from './person.ts';
import { answerTo } from './suspend.ts';
import { MeasuredComputer } from './times/measured-computer.ts';
import { SessionTimes } from './times/session-times.ts';
import type { TurnPart } from './loop/turn.ts';
import { createTurnRecord, describeAnswer } from './turn-record.ts';
import { redactedResponse } from './secrets/typed-secrets.ts';

export interface SessionRequest {
  readonly store: Store;
  readonly askOnce: ReturnType<typeof createPaidCalls>;
  readonly computers: ComputerHosts;
  readonly input: StepActivityInput<ComputerUseStep>;
  /** The same for every attempt: the checkpoint's key, and the prefix of the keys of its model calls. */
  readonly key: string;
  readonly settings: Omit<ComputerSettings, 'onDenied'>;
  /** The files that pages may be given. */
  readonly files: readonly OfferedArtifact[];
  readonly attempt: number;
  readonly beat: (checkpoint: JsonValue) => void;
  readonly signal: AbortSignal;
}

export type EndedCheckpoint = Checkpoint & { readonly ended: LoopEnd };

export interface Session {
  readonly checkpoint: Checkpoint;
  readonly ports: Omit<LoopPorts, 'verify' | 'review'>;
  /**
   * A model call outside the loop's turns, under a name of its own; null when it was stopped. It is paid once, like all
   * calls.
   */
  askBeside(name: string, request: ModelRequest, mayGoOn: () => Promise<boolean>): Promise<ModelResponse | null>;
  readonly recoveryLevel: RecoveryLevel;
  newest(): Checkpoint;
  /** Waits a while for running downloads, and keeps what was downloaded since the last look. */
  takeLastDownloads(): Promise<void>;
  /** Saves how the loop ended, so that an attempt after a crash need not run it again. */
  end(end: LoopEnd): Promise<Checkpoint>;
  /** Ends the browser: the step is over, or the browser is of no use to the next attempt. */
  close(): Promise<void>;
  /** Leaves the browser running for the next attempt. */
  detach(to: 'worker' | 'person'): Promise<void>;
}

/** How long a turn waits for a running download; the model is told about one that takes longer. */
const downloadMilliseconds = 2_000;
/** How long the end of the step waits for it; after that the download is lost. */
const lastDownloadMilliseconds = 30_000;

export async function openSession(request: SessionRequest): Promise<Session> {
  const { store, input, key, beat, signal, attempt } = request;
  const jobId = input.job.id;
  const stepId = input.step.id;
  const { generation, sequence } = input;
  const change = { jobId, stepId, generation, sequence, attempt };
  const checkpoint = await readCheckpoint(store, key);
  const event = (type: string, message: string): Promise<void> => store.events.append({ jobId, stepId, type, message });

  const usage = (): Promise<Usage> => store.modelCalls.usageUnder(jobId, `${key}/`);
  // An attempt that died may have paid for an answer that it could not save.
  let newest: Checkpoint = { ...(checkpoint ?? firstCheckpoint), usage: await usage() };
  const times = new SessionTimes(newest, answerTo(input, newest) !== null);
  const { secrets } = request.settings;
  const { files } = request;
  const instructions = [computerInstructions, ...secretInstructions(secrets), ...fileInstructions(files)].join(' ');
  const turns = createTurnRecord(change);
  let computer: LastingComputer | null = null;
  let browserState: string | null = newest.browserState;
  /** What belongs to the newest look and is stored while the model is asked; every later checkpoint waits for it. */
  let storing: Promise<void> = Promise.resolve();
  const write = async (next: Checkpoint, part?: TurnPart): Promise<void> => {
    await storing;
    const turn = turns.change(newest, next, part);
    const browser = computer?.mark() ?? next.browser;
    newest = { ...next, ...times.keptWith(next), browser, browserState: browserState ?? next.browserState };
    const contentSha256 = newest.browserState;
    await store.ledger.writeCheckpoint({ key, jobId, attempt, data: newest, contentSha256, turn });
    beat(newest);
    if (part?.type !== 'answered') return;
    await event('step.answered', describeAnswer(newest, part.text));
    const checks = newest.call?.acknowledged ?? [];
    const codes = checks.map(({ code }) => code).join(', ');
    if (checks.length > 0) await event('approval.by_policy', `safety checks acknowledged by the policy: ${codes}`);
  };
  const keep = inOrder(write);

  // Claims the step before the browser is opened: from here on, an earlier attempt that still lives can save nothing.
  await keep(newest);
  const denials = createDenials((denied) => store.events.append({ jobId, stepId, ...denied }));
  const opened = await times.during('browser', () =>
    openBrowser({
      artifacts: store.artifacts,
      computers: request.computers,
      owner: { key, attempt },
      settings: {
        ...request.settings,
        offersFiles: files.length > 0,
        onDenied: ({ target, reason }) => {
          turns.denied(`a request to ${target} was refused: ${reason}`);
          denials.add(target, reason);
        },
      },
      checkpoint,
      signal,
    }),
  );
  const { recoveryLevel } = opened;
  const driven = new MeasuredComputer(opened.computer, times);
  computer = driven;
  turns.opened(recoveryLevel);
  await keep({ ...newest, call: opened.call });
  if (recoveryLevel !== 'fresh') {
    await event(
      'browser.opened',
      `goes on from the checkpoint of iteration ${newest.iteration}, the browser ${recoveryLevel}`,
    );
  }
  await store.jobs.changeStep({ ...change, recoveryLevel, at: new Date().toISOString() });

  /** Not in the middle of a call: its remaining actions, or a question to a person, are about this very browser. */
  const renewIfDue = async (): Promise<void> => {
    const { call } = newest;
    if (call !== null && call.done < call.actions.length) return;
    const why = await driven.refresh(signal);
    if (why !== null) await event('browser.renewed', `the browser was replaced by a new one: ${why}`);
  };

  const ask = async ({
    name,
    ...asked
  }: Pick<PaidCall, 'basis' | 'request' | 'mayGoOn' | 'signal'> & {
    readonly name: string;
  }): Promise<PaidAnswer | null> => {
    try {
      // The model is asked beside a checkpoint, whose fence comes too late for a call that is begun before it is written.
      const beforeBegin = (): Promise<void> => store.ledger.refuseSuperseded({ key, attempt });
      const paid = { ...asked, key: `${key}/${name}`, jobId, stepId, beforeBegin };
      const answer = await times.during('model', () => request.askOnce(paid));
      return { ...answer, response: redactedResponse(answer.response, secrets) };
    } catch (error) {
      if (error instanceof StoppedCall) return null;
      throw error;
    }
  };

  const takeSince = async (known: readonly KeptDownload[], waitMilliseconds: number): Promise<Taken> => {
    const { downloads } = driven;
    const { artifacts } = store;
    const taken = await takeDownloads({ downloads, artifacts, jobId, stepId, known, waitMilliseconds, signal });
    for (const { name } of taken.kept) await event('download.kept', `${name} was downloaded and stored`);
    return taken;
  };
  const dropDownloads = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) await driven.downloads.drop(id, signal);
  };

  /** What is still being stored is waited for: it would replace what the next attempt stores. */
  const leave = async (left: Promise<void>): Promise<void> => {
    await Promise.allSettled([left, storing]);
    await left;
    await denials.close();
  };

  return {
    checkpoint: newest,
    recoveryLevel,
    ports: {
      computer: driven,
      sameBrowser: recoveryLevel === 'reattached',
      signal,
      keep,
      now: () => performance.now(),
      warn: (message) => event('budget.warning', message),
      provide: (names) => provideFiles(store.artifacts, files, names, (file) => driven.putFile(file, signal)),
      takeDownloads: (known) => takeSince(known, downloadMilliseconds),
      dropDownloads,
      shows: (hash) => screenShows(driven, hash, signal),
      look: async (iteration) => {
        await renewIfDue();
        const look = await lookAt({ store, computer: driven, jobId, stepId, iteration, signal });
        turns.looked(look.hash);
        const note = `iteration ${iteration} on ${driven.url()}`;
        const shown = { screenshot: look.name, note, iterations: iteration - 1, at: new Date().toISOString() };
        const storeLook = async (): Promise<void> => {
          browserState = await look.stored;
          await store.jobs.changeStep({ ...change, ...shown });
          await event('step.looked', note);
        };
        storing = storeLook();
        storing.catch(() => undefined);
        return look;
      },
      person: async () => {
        let handBack = (): void => undefined;
        const ended = yieldToPerson({
          controls: store.controls,
          place: { jobId, stepId },
          wasHeld: newest.held,
          onHold: () => {
            handBack = times.begin('person');
            return keep({ ...newest, held: true });
          },
          computer,
          look: async () => {
            const look = await lookForPerson({ store, computer, jobId, stepId, signal });
            browserState = look.browserState;
            await keep(newest);
            return look;
          },
          sleep: (milliseconds) => delay(milliseconds, undefined, { signal }),
          now: () => new Date(),
          signal,
        });
        return ended.finally(() => handBack());
      },
      ask: async (modelRequest, { iteration, screen, mayGoOn, signal: left }) => {
        const asked = { request: { ...modelRequest, instructions }, signal: AbortSignal.any([signal, left]) };
        const answer = await ask({ name: `iteration/${iteration}`, basis: screen, mayGoOn, ...asked });
        return answer === null ? null : { response: answer.response, screen: answer.basis, spent: await usage() };
      },
    },
    async askBeside(name, modelRequest, mayGoOn) {
      return (await ask({ name, basis: '', request: modelRequest, mayGoOn, signal }))?.response ?? null;
    },
    newest: () => newest,
    async takeLastDownloads() {
      try {
        const { kept, drop } = await takeSince(newest.downloads, lastDownloadMilliseconds);
        if (kept.length > 0) await keep({ ...newest, downloads: [...newest.downloads, ...kept] });
        await dropDownloads(drop);
      } catch (error) {
        // The work is done: that the browser died at the end is no reason to repeat the step.
        if (!(error instanceof ApplicationFailure) || error.type !== 'browser') throw error;
        await event('download.lost', `the newest downloads could not be stored: ${error.message}`);
      }
    },
    async end(end) {
      await keep({ ...newest, usage: await usage(), ended: end });
      return newest;
    },
    close: () => leave(driven.close()),
    detach: (to) => leave(driven.detach(to)),
  };
}

/**
 * The checkpoint of a step that an earlier attempt completed, after its browser has been ended; null when the step
 * continues.
 */
export async function endedBefore({
  store,
  computers,
  key,
  attempt,
  signal,
}: Pick<SessionRequest, 'store' | 'computers' | 'key' | 'attempt' | 'signal'>): Promise<EndedCheckpoint | null> {
  const checkpoint = await readCheckpoint(store, key);
  if (checkpoint === null || checkpoint.ended === null) return null;
  const { browser, ended } = checkpoint;
  const left = browser && (await computers.reattach({ key, attempt }, browser, () => undefined, signal));
  await left?.computer.close();
  return { ...checkpoint, ended };
}

async function readCheckpoint(store: Store, key: string): Promise<Checkpoint | null> {
  const raw = await store.ledger.readCheckpoint(key);
  return raw === null ? null : CheckpointSchema.parse(raw);
}
