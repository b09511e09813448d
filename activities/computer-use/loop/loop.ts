/**
 * The computer-use loop: take a screenshot, ask the model, perform its actions, until the model is done or a limit is
 * reached. Pure: it imports neither Temporal nor Playwright; everything it needs is passed in through ports. It saves
 * its progress before each action and call, so that a crash costs at most the current iteration and no action is
 * repeated blindly.
 */
import type { ApprovalAnswer } from '../../../workflows/contract/computer-use/approvals.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';
import type { Usage } from '../../../workflows/contract/usage.ts';
import type { Computer, ModelInput, ModelRequest, ModelResponse } from '../../ports.ts';
import { act, goOn, abandonCall, type Acting } from './act.ts';
import type { PolicyInForce } from './approval-policy.ts';
import { LoopState, type LoopStatePorts } from './loop-state.ts';
import type { Budget } from './budget.ts';
import { parentOf, pendingCall, resultsOf } from './calls.ts';
import type { Checkpoint, KeptDownload, LoopEnd, OpenApproval } from './checkpoint.ts';
import type { Taken } from '../files/downloads.ts';
import { fileFunctions, type OfferedFile } from './file-function.ts';
import { askedForPerson, personFunction } from './person-function.ts';
import { repeatsAfter } from './repeats.ts';
import { notThatText, resumeText, screenUnchangedText } from './messages.ts';

export interface LoopTask {
  readonly goal: string;
  readonly model: string;
  readonly tool: 'computer' | 'computer_use_preview';
  readonly display: { readonly width: number; readonly height: number };
  readonly budget: Budget;
  readonly outputSchema: JsonObject | null;
  readonly approvals: PolicyInForce;
  /** The files that file choosers may be given. */
  readonly files: readonly OfferedFile[];
}

/** The loop stops to ask a person; it resumes from its checkpoint once there is an answer. */
export interface Suspension {
  readonly reason: 'awaiting_approval';
  readonly approval: OpenApproval;
}

/** A screenshot: the picture for the model, its name among the artifacts, and a hash of what it shows. */
export interface Look {
  readonly imageUrl: string;
  readonly name: string;
  readonly hash: string;
}

export interface Answer {
  readonly response: ModelResponse;
  /**
   * Hash of the screen that the model was shown. It differs from the current screen when the call was made before a
   * crash.
   */
  readonly screen: string;
  /** What the step has spent so far, including on answers that were not used. */
  readonly spent: Usage;
}

/** The part of a final answer that is judged. */
export type LastAnswer = Pick<ModelResponse, 'id' | 'text'>;

/**
 * A problem to send back to the model, or the reason why the answer cannot be judged, which is not the model's fault.
 */
type Finding = string | { readonly unjudged: string } | undefined;

/** The turn that a question to the model belongs to. */
export interface Asking {
  readonly iteration: number;
  readonly screen: string;
  readonly mayGoOn: () => Promise<boolean>;
  /** Aborted when this attempt cannot use the answer; the call is left to a later attempt. */
  readonly signal: AbortSignal;
}

export interface LoopPorts extends LoopStatePorts {
  readonly computer: Computer;
  /** Whether this attempt resumed in the browser that the previous one used. */
  readonly sameBrowser: boolean;
  /**
   * Asks the model and pays once: an iteration that is asked again after a crash gets the response that was begun
   * before it. While it waits it checks `mayGoOn`; when that returns false, it stops the call and returns null.
   */
  readonly ask: (request: ModelRequest, asking: Asking) => Promise<Answer | null>;
  readonly look: (iteration: number) => Promise<Look>;
  /** Whether the screen still has this hash; moving parts of the screen are given a moment to settle. */
  readonly shows: (hash: string) => Promise<boolean>;
  readonly provide: Acting['ports']['provide'];
  /** Stores new downloads; they are dropped from the browser once the checkpoint has them. */
  readonly takeDownloads: (known: readonly KeptDownload[]) => Promise<Taken>;
  readonly dropDownloads: (ids: readonly string[]) => Promise<void>;
  /**
   * Gives the browser to a person who has asked for it. Returns notes for the model afterwards, or null when nobody
   * asked.
   */
  readonly person: () => Promise<readonly string[] | null>;
  /** The problem of a final answer, to be sent back to the model; undefined when there is none. */
  readonly verify: (text: string) => Promise<Finding> | Finding;
  /**
   * What the verifier finds wrong with a final answer that passed; undefined when it finds nothing or is not asked for.
   */
  readonly review: (last: LastAnswer, mayGoOn: () => Promise<boolean>) => Promise<string | undefined>;
  readonly signal: AbortSignal;
}

/** Turns without a change on the screen after which the model gets a hint, and after which the loop stops. */
const nudgeAfterTurns = 6;
const blockedAfterTurns = 12;

/**
 * Runs the loop from a checkpoint (the first one, or the newest saved one) to its end, or until a person must be asked.
 * `answer` is the person's answer to the checkpoint's question.
 */
export async function runLoop(
  task: LoopTask,
  start: Checkpoint,
  ports: LoopPorts,
  answer: ApprovalAnswer | null = null,
): Promise<LoopEnd | Suspension> {
  const state = new LoopState(start, task.budget, ports);
  const acting: Acting = { policy: task.approvals, state, ports };
  let interrupted = isInterrupted(start, ports);
  const mayGoOn = async (): Promise<boolean> => (await state.reachedLimit()) === null;
  if (isUnjudged(start)) {
    const end = await judge({ id: start.responseId, text: start.said }, state, ports, mayGoOn);
    if (end !== null) return end;
  }
  let { notes: actionNotes, asks, forPerson } = await goOn(acting, answer);
  for (;;) {
    if (forPerson !== null) return { reason: 'needs_person', message: forPerson, text: state.checkpoint.said };
    if (asks !== null) return { reason: 'awaiting_approval', approval: asks };
    ports.signal.throwIfAborted();
    const limit = await state.reachedLimit();
    if (limit !== null) return { ...limit, text: state.checkpoint.said };
    actionNotes = [...actionNotes, ...((await letPerson(state, ports)) ?? [])];

    const look = await ports.look(state.checkpoint.iteration + 1);
    const sameScreen = sameScreenSince(state.checkpoint, look.hash);
    if (sameScreen.turns >= blockedAfterTurns) {
      const message = `nothing changed on the screen for ${sameScreen.turns} turns`;
      return { reason: 'blocked', message, text: state.checkpoint.said };
    }
    const downloaded = await letDownloads(state, ports);
    const notes = [
      ...(interrupted ? [resumeText(state.checkpoint.call, ports.sameBrowser)] : []),
      ...actionNotes,
      ...downloaded,
      ...ports.computer.takeNotes(),
      ...(sameScreen.turns === nudgeAfterTurns ? [screenUnchangedText(sameScreen.turns)] : []),
    ];
    const request = requestOf(task, state.checkpoint, look, notes);
    const shown = { screenshot: look.name, url: ports.computer.url() };
    // The ledger has the call before it is made, so the request need not wait for the picture and the checkpoint.
    const kept = state.keep({ asking: true, ...shown, sameScreen }, { type: 'looked', notes });
    const asking = { iteration: state.checkpoint.iteration + 1, screen: look.hash, mayGoOn };
    const answer = await both(kept, (signal) => ports.ask(request, { ...asking, signal }));
    // A limit that was reached during the call is found and reported at the top of the loop.
    if (answer === null) continue;
    const { response, screen, spent } = answer;
    const call = pendingCall(response, task.approvals);
    const said = response.text === '' ? state.checkpoint.said : response.text;
    const ended = endedBy(response, said);
    await state.keep(
      {
        iteration: state.checkpoint.iteration + 1,
        responseId: response.id,
        asking: false,
        notes: [],
        parent: parentOf(state.checkpoint),
        call,
        usage: spent,
        said,
        repeats: repeatsAfter(state.checkpoint, screen, call),
        // A response that ends the work cannot be continued, not even by an attempt after a crash.
        ended,
      },
      { type: 'answered', text: response.refusal ?? response.text, usage: response.usage },
    );

    // Coordinates that the model chose on the screen of a lost browser are not clicked on the new one: the next turn
    // answers the call with the current screen and says that none of its actions ran.
    interrupted = screen !== look.hash;
    if (ended !== null) return ended;
    if (call === null) {
      const end = await judge(response, state, ports, mayGoOn);
      if (end !== null) return end;
      actionNotes = state.checkpoint.notes;
      continue;
    }
    // When a person takes over now, the model's actions are not performed.
    const chosenForAnother = interrupted || (await letPerson(state, ports)) !== null;
    ({ notes: actionNotes, asks, forPerson } = chosenForAnother ? await abandonCall(acting) : await act(acting));
  }
}

/** The second of two results, which is left when the first fails. Waits for both: nothing goes on in the background. */
async function both<T>(first: Promise<unknown>, begin: (left: AbortSignal) => Promise<T>): Promise<T> {
  const left = new AbortController();
  first.catch((error: unknown) => left.abort(error));
  const second = begin(left.signal);
  await Promise.allSettled([first, second]);
  await first;
  return second;
}

async function letPerson(state: LoopState, ports: LoopPorts): Promise<readonly string[] | null> {
  const personNotes = await ports.person();
  if (personNotes !== null) await state.resume({ held: false, notes: [...state.checkpoint.notes, ...personNotes] });
  return personNotes;
}

/** Saves new downloads and their notes in the checkpoint, and only then drops them from the browser. */
async function letDownloads(state: LoopState, ports: LoopPorts): Promise<readonly string[]> {
  const { downloads, notes } = state.checkpoint;
  const taken = await ports.takeDownloads(downloads);
  if (taken.kept.length > 0) {
    await state.keep({ downloads: [...downloads, ...taken.kept], notes: [...notes, ...taken.notes] });
  }
  await ports.dropDownloads(taken.drop);
  return taken.notes;
}

/**
 * Whether the model must be told about an interruption. In the same browser it must only when actions were pending:
 * between actions nothing was lost. After a question to a person the model is told the answer instead.
 */
function isInterrupted({ iteration, asking, call, approval }: Checkpoint, { sameBrowser }: LoopPorts): boolean {
  if (approval !== null) return false;
  if (sameBrowser) return call !== null && call.done < call.actions.length;
  return iteration > 0 || asking || call !== null;
}

/** Whether the newest answer was final and a crash came before it was judged. */
function isUnjudged(checkpoint: Checkpoint): checkpoint is Checkpoint & { responseId: string } {
  const { responseId, asking, call, notes } = checkpoint;
  return responseId !== null && !asking && call === null && notes.length === 0;
}

function requestOf(task: LoopTask, checkpoint: Checkpoint, look: Look, notes: readonly string[]): ModelRequest {
  const { call, responseId } = checkpoint;
  const input: ModelInput[] = [];
  if (responseId === null) input.push({ type: 'text', text: task.goal });
  if (call !== null) input.push(...resultsOf(call, look.imageUrl));
  for (const text of notes) input.push({ type: 'text', text });
  return {
    model: task.model,
    input,
    previousResponseId: responseId,
    computer: { tool: task.tool, ...task.display },
    functions: [personFunction, ...fileFunctions(task.files)],
    outputSchema: task.outputSchema,
    reasoningEffort: null,
    maxOutputTokens: null,
  };
}

function sameScreenSince(checkpoint: Checkpoint, hash: string): { hash: string; turns: number } {
  const before = checkpoint.sameScreen;
  return before?.hash === hash ? { hash, turns: before.turns + 1 } : { hash, turns: 0 };
}

/**
 * The end that a response is by itself: cut off, declined, or left to a person. The last text is the partial result.
 */
function endedBy(response: ModelResponse, said: string): LoopEnd | null {
  const { status, problem, refusal } = response;
  // A second attempt would be cut off as well.
  if (status === 'incomplete') {
    const message = `the model's answer was cut: ${problem?.message ?? 'no reason given'}`;
    return { reason: 'cut', message, text: said };
  }
  const forPerson = askedForPerson(response);
  if (forPerson !== undefined) return { reason: 'needs_person', message: forPerson, text: said };
  return refusal === null ? null : { reason: 'refused', message: refusal, text: said };
}

/** The end for a final answer; null when the answer is sent back, with its problem saved as a note for the model. */
async function judge(
  response: LastAnswer,
  state: LoopState,
  ports: LoopPorts,
  mayGoOn: () => Promise<boolean>,
): Promise<LoopEnd | null> {
  const { checkpoint } = state;
  const reviewed = checkpoint.sentBack === 0;
  const found = await ports.verify(response.text);
  if (typeof found === 'object') {
    const message = `the model is done, but its answer was not judged: ${found.unjudged}`;
    return { reason: 'blocked', message, text: response.text };
  }
  const problem = found ?? (reviewed ? await ports.review(response, mayGoOn) : undefined);
  if (problem === undefined) return { reason: 'done', message: 'the model is done', text: response.text };
  if (checkpoint.sentBack === 0) {
    await state.keep({ sentBack: 1, notes: [notThatText(problem)] });
    return null;
  }
  const message = `the answer does not fit what was asked for: ${problem}`;
  return { reason: 'blocked', message, text: response.text };
}
