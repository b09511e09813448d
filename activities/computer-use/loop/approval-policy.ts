/**
 * Which actions and safety checks need a person, by the lead magnet's policy alone: nothing that a page says or the
 * model asks for makes a rule wider. Pure; what is under the pointer was read by the computer.
 */
import type { approvalPolicy } from '../../../workflows/contract/computer-use/approvals.ts';
import { originMatches } from '../../../workflows/contract/computer-use/network.ts';
import type { SafetyCheck, Target } from '../../ports.ts';
import { describeAction, type ComputerAction } from '../actions.ts';

export type PolicyInForce = ReturnType<typeof approvalPolicy>;
type Risk = PolicyInForce['risky'][number];

/** Whether an action may be risky at all, so that the control it is for must be read first. */
export function needsTarget({ risky }: PolicyInForce, action: ComputerAction): boolean {
  return risky.length > 0 && action.type !== 'wait' && action.type !== 'screenshot';
}

/** Whether an action is a point of risk where it would be done. */
export function isRisky(
  { risky }: PolicyInForce,
  action: ComputerAction,
  place: { readonly url: string; readonly target: Target },
): boolean {
  return risky.some((risk) => fits(risk, action, place));
}

/** What to ask a person about an action. Typed text is shown: nobody can approve what they do not see. */
export function actionQuestion(action: ComputerAction, { words }: Target): string {
  const control =
    words === null ? ' on something that cannot be read' : words === '' ? '' : ` on “${shortened(words)}”`;
  const text = action.type === 'type' ? `: “${shortened(action.text)}”` : '';
  return `${describeAction(action)}${control}${text}`;
}

function fits(
  { action: kind, origin, words }: Risk,
  action: ComputerAction,
  { url, target }: { readonly url: string; readonly target: Target },
): boolean {
  if (origin !== undefined && !originMatches(origin, url)) return false;
  if (kind !== undefined && !kindsOf(action, target).includes(kind)) return false;
  // What cannot be read may hold any words: then a person looks.
  if (words === undefined || target.words === null) return true;
  const shown = normal(target.words);
  return words.some((word) => shown.includes(normal(word)));
}

function kindsOf(action: ComputerAction, { presses }: Target): readonly string[] {
  const own = action.type === 'double_click' ? 'click' : action.type;
  return presses ? [own, 'click'] : [own];
}

/** One spelling of what looks the same: no invisible characters, no doubled spaces, no capitals. */
function normal(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** The safety checks of a call that only a person may acknowledge: all whose code the policy does not name. */
export function checksForPerson(
  { acknowledge }: PolicyInForce,
  checks: readonly SafetyCheck[],
): readonly SafetyCheck[] {
  return checks.filter(({ code }) => code === null || !acknowledge.includes(code));
}

/** What to ask a person about safety checks, in the provider's own words. */
export function checksQuestion(checks: readonly SafetyCheck[], actions: readonly string[]): string {
  const warnings = checks.map(({ code, message, id }) => shortened(message ?? code ?? id)).join(' ');
  const next = actions.length === 0 ? '' : ` The model wants to: ${actions.join('; ')}.`;
  return `The model's provider warns: ${warnings}${next}`;
}

const longestPart = 200;

function shortened(text: string): string {
  return text.length > longestPart ? `${text.slice(0, longestPart)}…` : text;
}
