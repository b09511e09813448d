/**
 * Performs the actions of the pending call, and stops before anything that needs a person's approval: a safety check of
 * the provider, or a risky action by the lead magnet's policy. With the person's answer it continues on the screen that
 * the answer was given for.
 */
import type { ApprovalAnswer } from '../../../workflows/contract/computer-use/approvals.ts';
import type { Computer, SafetyCheck, Target } from '../../ports.ts';
import { describeAction, type ComputerAction } from '../actions.ts';
import { actionQuestion, checksQuestion, isRisky, needsTarget, type PolicyInForce } from './approval-policy.ts';
import { performCall, type Question } from './perform-call.ts';
import type { Checkpoint, OpenApproval, PendingCall } from './checkpoint.ts';
import { personMessage } from './person-function.ts';
import { leftText, pageChangedText, refusedText } from './messages.ts';

/** What performing actions needs from the loop. */
export interface Acting {
  readonly policy: PolicyInForce;
  readonly state: {
    readonly checkpoint: Checkpoint;
    keep(changes: Partial<Checkpoint>): Promise<void>;
  };
  readonly ports: {
    readonly computer: Computer;
    readonly look: (iteration: number) => Promise<{ readonly name: string; readonly hash: string }>;
    /** Whether the screen still looks as in the look with this hash. */
    readonly shows: (hash: string) => Promise<boolean>;
    /** Prepares files that are to be given to a page. Throws `ActionProblem` for a name that is not offered. */
    readonly provide: (names: readonly string[]) => Promise<void>;
    readonly signal: AbortSignal;
  };
}

/** The result: notes for the model, or a question to a person, before which nothing else is done. */
export interface Acted {
  readonly notes: readonly string[];
  readonly asks: OpenApproval | null;
  /** Set when the next action must be done by a person, which ends the step. */
  readonly forPerson: string | null;
}

/** How often a person is asked about the same action on a page that changes each time. */
const maximumTimes = 3;

/** Performs the remaining actions of the pending call. */
export async function act(acting: Acting): Promise<Acted> {
  const { policy, state, ports } = acting;
  const { call } = state.checkpoint;
  if (call === null) return { notes: [], asks: null, forPerson: null };
  const checks = unacknowledged(call);
  if (checks.length > 0) {
    const question = checksQuestion(checks, call.actions.map(described));
    return ask(acting, { about: 'safety_checks', question, words: null, times: 1 });
  }
  const { notes, question, forPerson } = await performCall({
    call,
    computer: ports.computer,
    signal: ports.signal,
    provide: ports.provide,
    mark: (progress) => state.keep({ call: { ...call, ...progress } }),
    questionBefore: async (action, index) => {
      if (index === call.approved || !needsTarget(policy, action)) return null;
      const target = await ports.computer.describeTarget(action, ports.signal);
      const url = ports.computer.url();
      return isRisky(policy, action, { url, target }) ? questionOf(action, target) : null;
    },
    forPerson: async (action, index) => {
      // An action that a person has explicitly approved no longer counts as the model's own decision.
      const kind = index === call.approved ? null : await ports.computer.personOnly(action, ports.signal);
      return kind === null ? null : personMessage(kind, `${describeAction(action)} on ${ports.computer.url()}`);
    },
  });
  if (question !== null) return ask(acting, { about: 'action', ...question, times: 1 });
  return { notes, asks: null, forPerson };
}

/**
 * Resumes from a checkpoint. With an answer to its open question the action is performed; without an answer, or when
 * the page has changed, the question is asked again. Any other pending actions are abandoned, and the model sees the
 * screen as it is.
 */
export async function goOn(acting: Acting, answer: ApprovalAnswer | null): Promise<Acted> {
  const { state } = acting;
  const { approval, call } = state.checkpoint;
  if (approval === null || call === null) return abandonCall(acting);
  if (answer === null) return { notes: [], asks: approval, forPerson: null };
  if (answer.decision === 'refuse') {
    const rest = call.actions.length - call.done - 1;
    return declineCall(acting, call, refusedText({ ...approval, note: answer.note, rest }), true);
  }
  const question = await changedSince(acting, approval, call);
  if (question === null) {
    const settled = approval.about === 'action' ? { approved: call.done } : { acknowledged: call.safetyChecks };
    await state.keep({ approval: null, call: { ...call, ...settled } });
    return act(acting);
  }
  if (approval.times >= maximumTimes) return declineCall(acting, call, pageChangedText(approval.question), false);
  return ask(acting, { about: approval.about, ...question, times: approval.times + 1 });
}

/** Abandons the pending call, because its actions were chosen for a screen that no longer exists. */
export async function abandonCall({ state }: Acting): Promise<Acted> {
  const { call, notes } = state.checkpoint;
  if (call === null || unacknowledged(call).length === 0) return { notes, asks: null, forPerson: null };
  const callNotes = [...notes, leftText(call.actions.map(described))];
  await state.keep({ ...beforeCall(state.checkpoint), notes: callNotes });
  return { notes: callNotes, asks: null, forPerson: null };
}

/**
 * The question to ask again because the page differs from the one that the person answered about; null when it is the
 * same.
 */
async function changedSince({ ports }: Acting, approval: OpenApproval, call: PendingCall): Promise<Question | null> {
  const { computer, signal } = ports;
  const same = (await ports.shows(approval.hash)) && computer.url() === approval.url;
  const action = call.actions[call.done];
  if (approval.about === 'safety_checks' || action === undefined || action.type === 'unknown') {
    return same ? null : { question: again(approval.question), words: null };
  }
  const { question, words } = questionOf(action, await computer.describeTarget(action, signal));
  return same && words === approval.words ? null : { question: again(question), words };
}

const changed = 'The page has changed since this was approved. ';

function again(question: string): string {
  return question.startsWith(changed) ? question : `${changed}${question}`;
}

async function ask(
  { state, ports }: Acting,
  asked: Pick<OpenApproval, 'about' | 'question' | 'words' | 'times'>,
): Promise<Acted> {
  const look = await ports.look(state.checkpoint.iteration + 1);
  const number = state.checkpoint.questions + 1;
  const callId = state.checkpoint.call?.callId ?? '';
  const asks = { ...asked, number, callId, url: ports.computer.url(), hash: look.hash, screenshot: look.name };
  await state.keep({ approval: asks, questions: number });
  return { notes: [], asks, forPerson: null };
}

/**
 * Closes the question without performing the action. A call with unacknowledged safety checks cannot be answered at
 * all: the conversation then continues from the response before it, with the current screen.
 */
async function declineCall({ state }: Acting, call: PendingCall, note: string, refused: boolean): Promise<Acted> {
  const notes = [note];
  await state.keep({ approval: null, call: { ...call, refused }, notes });
  if (unacknowledged(call).length > 0) await state.keep(beforeCall(state.checkpoint));
  return { notes, asks: null, forPerson: null };
}

/** The conversation as it was before the pending call. */
function beforeCall({ parent }: Checkpoint): Pick<Checkpoint, 'responseId' | 'call'> {
  const { responseId, call } = parent;
  if (call === null) return { responseId, call };
  return { responseId, call: { ...noCall, ...call, safetyChecks: call.acknowledged } };
}

const noCall = { actions: [], done: 0, begun: false, problem: null, approved: null, refused: false };

function unacknowledged({ safetyChecks, acknowledged }: PendingCall): readonly SafetyCheck[] {
  return safetyChecks.filter(({ id }) => !acknowledged.some((check) => check.id === id));
}

function questionOf(action: ComputerAction, target: Target): Question {
  return { question: actionQuestion(action, target), words: target.words };
}

function described(action: PendingCall['actions'][number]): string {
  return action.type === 'unknown' ? action.described : describeAction(action);
}
