/**
 * The computer-use loop: look, ask, act, until the model is done or a limit is reached. Pure: it imports neither Temporal
 * nor Playwright, and all it needs of the world is handed in. What it does is written ahead, so that a crash at any
 * point costs at most the iteration under way and repeats no action blindly.
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
import { notThatText, resumeText, screenUnchangedText } from './messages.ts';

export interface LoopTask {
  readonly goal: string;
  readonly model: string;
  readonly tool: 'computer' | 'computer_use_preview';
  readonly display: { readonly width: number; readonly height: number };
  readonly budget: Budget;
  readonly outputSchema: JsonObject | null;
  readonly approvals: PolicyInForce;
  /** What file choosers may be given. */
  readonly files: readonly OfferedFile[];
}

/** The loop stops for a person; it goes on from its checkpoint once there is an answer. */
export interface Suspension {
  readonly reason: 'awaiting_approval';
  readonly approval: OpenApproval;
}

/** A picture of the screen: as the model gets it, its name among the artifacts, and a hash of what it shows. */
export interface Look {
  readonly imageUrl: string;
  readonly name: string;
  readonly hash: string;
}

export interface Answer {
  readonly response: ModelResponse;
  /** Hash of the screen that the model was shown; another than the present one when the call is from before a crash. */
  readonly screen: string;
  /** What the step has spent so far, on answers that were of no use as well. */
  readonly spent: Usage;
}

/** What a final answer is judged by. */
export type LastAnswer = Pick<ModelResponse, 'id' | 'text'>;

/** A problem for the model; or why nobody can tell, which is none of the model's. */
type Finding = string | { readonly unjudged: string } | undefined;

export interface LoopPorts extends LoopStatePorts {
  readonly computer: Computer;
  /** Whether an attempt that goes on does so in the very browser that was left. */
  readonly sameBrowser: boolean;
  /**
   * Asks the model, paying once: an iteration asked again after a crash gets the response that was begun before it.
   * `mayGoOn` is asked while the answer is waited for; once it says no, the call is stopped and null returned.
   */
  readonly ask: (
    request: ModelRequest,
    iteration: number,
    screen: string,
    mayGoOn: () => Promise<boolean>,
  ) => Promise<Answer | null>;
  readonly look: (iteration: number) => Promise<Look>;
  /** Whether the screen is that of an earlier look, by its hash; what moves by itself on it is given a moment. */
  readonly shows: (hash: string) => Promise<boolean>;
  readonly provide: Acting['ports']['provide'];
  /** Stores what was downloaded since, and drops it from the browser once it is in the checkpoint. */
  readonly takeDownloads: (known: readonly KeptDownload[]) => Promise<Taken>;
  readonly dropDownloads: (ids: readonly string[]) => Promise<void>;
  /** Lets a person have the browser who asked for it. What the model must be told then; null when nobody asked. */
  readonly person: () => Promise<readonly string[] | null>;
  /** What is wrong with a final text, to be sent back; undefined when nothing is. */
  readonly verify: (text: string) => Promise<Finding> | Finding;
  /** What a second opinion finds wrong with a final answer that passed; undefined when nothing, or none is asked for. */
  readonly review: (last: LastAnswer, mayGoOn: () => Promise<boolean>) => Promise<string | undefined>;
  readonly signal: AbortSignal;
}

/** Turns without a change on the screen after which the model is nudged, and after which the loop stops. */
const nudgeAfterTurns = 6;
const blockedAfterTurns = 12;

/**
 * Runs the loop from a checkpoint (the first one, or the newest that was kept) to its end, or until a person must be
 * asked. `answer` is the person's to the question in the checkpoint.
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
    await state.keep({ asking: true, ...shown, sameScreen }, { type: 'looked', notes });

    const answer = await ports.ask(request, state.checkpoint.iteration + 1, look.hash, mayGoOn);
    // A limit that was reached while the model thought is found, and told, at the head of the loop.
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
        // An answer that ends the work cannot be gone on from, also by an attempt after a crash.
        ended,
      },
      { type: 'answered', text: response.refusal ?? response.text, usage: response.usage },
    );

    // Coordinates that were chosen on a screen which died with its browser are not clicked on the new one: the next
    // turn closes the call with the screen as it is now, and says that none of its actions ran.
    interrupted = screen !== look.hash;
    if (ended !== null) return ended;
    if (call === null) {
      const end = await judge(response, state, ports, mayGoOn);
      if (end !== null) return end;
      actionNotes = state.checkpoint.notes;
      continue;
    }
    // A person who takes over now stops what the model was about to do.
    const chosenForAnother = interrupted || (await letPerson(state, ports)) !== null;
    ({ notes: actionNotes, asks, forPerson } = chosenForAnother ? await abandonCall(acting) : await act(acting));
  }
}

async function letPerson(state: LoopState, ports: LoopPorts): Promise<readonly string[] | null> {
  const personNotes = await ports.person();
  if (personNotes !== null) await state.resume({ held: false, notes: [...state.checkpoint.notes, ...personNotes] });
  return personNotes;
}

/** Keeps what was downloaded in the checkpoint, with what the model must be told of it, and only then has it dropped. */
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
 * Whether the model must be told that the work was interrupted. In the same browser that is so only in the middle of its
 * actions: between them nothing was lost. After a question to a person it is told of the answer instead.
 */
function isInterrupted({ iteration, asking, call, approval }: Checkpoint, { sameBrowser }: LoopPorts): boolean {
  if (approval !== null) return false;
  if (sameBrowser) return call !== null && call.done < call.actions.length;
  return iteration > 0 || asking || call !== null;
}

/** Whether the newest answer was the last one, and a crash came before it was judged. */
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

/** The end that an answer is by itself: cut, declined, or handed to a person. What was said is the partial result. */
function endedBy(response: ModelResponse, said: string): LoopEnd | null {
  const { status, problem, refusal } = response;
  // Asked again, it would be cut again.
  if (status === 'incomplete') {
    const message = `the model's answer was cut: ${problem?.message ?? 'nothing says why'}`;
    return { reason: 'cut', message, text: said };
  }
  const forPerson = askedForPerson(response);
  if (forPerson !== undefined) return { reason: 'needs_person', message: forPerson, text: said };
  return refusal === null ? null : { reason: 'refused', message: refusal, text: said };
}

/** The end that a last answer is; null when it is sent back, with what is wrong with it kept for the model. */
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
