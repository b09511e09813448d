/**
 * Decides which actions and safety checks need a person, by the lead magnet's policy alone: nothing that a page shows
 * or the model asks for can widen a rule. Pure: the control under the pointer was read by the computer before.
 */
import type { approvalPolicy } from '../../../workflows/contract/computer-use/approvals.ts';
import { originMatches } from '../../../workflows/contract/computer-use/network.ts';
import type { SafetyCheck, Target } from '../../ports.ts';
import { describeAction, type ComputerAction } from '../actions.ts';
import { shortenText } from '../../../workflows/contract/cut-text.ts';

export type PolicyInForce = ReturnType<typeof approvalPolicy>;
type Risk = PolicyInForce['risky'][number];

/** Whether an action may be risky at all, so that its control must be read first. */
export function needsTarget({ risky }: PolicyInForce, action: ComputerAction): boolean {
  return risky.length > 0 && action.type !== 'wait' && action.type !== 'screenshot';
}

/** Whether an action is risky on this page and this control. */
export function isRisky(
  { risky }: PolicyInForce,
  action: ComputerAction,
  place: { readonly url: string; readonly target: Target },
): boolean {
  return risky.some((risk) => fits(risk, action, place));
}

/** The question to a person about an action. Typed text is shown in full: nobody can approve what they do not see. */
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
  // A control that cannot be read may have any label, so a person is asked.
  if (words === undefined || target.words === null) return true;
  const shown = normal(target.words);
  return words.some((word) => shown.includes(normal(word)));
}

function kindsOf(action: ComputerAction, { presses }: Target): readonly string[] {
  const own = action.type === 'double_click' ? 'click' : action.type;
  return presses ? [own, 'click'] : [own];
}

/** Normalises text for comparison: removes invisible characters, repeated spaces and capitals. */
function normal(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** The safety checks of a call that a person must acknowledge: all whose code the policy does not name. */
export function checksForPerson(
  { acknowledge }: PolicyInForce,
  checks: readonly SafetyCheck[],
): readonly SafetyCheck[] {
  return checks.filter(({ code }) => code === null || !acknowledge.includes(code));
}

/** The question to a person about safety checks, in the provider's own words. */
export function checksQuestion(checks: readonly SafetyCheck[], actions: readonly string[]): string {
  const warnings = checks.map(({ code, message, id }) => shortened(message ?? code ?? id)).join(' ');
  const next = actions.length === 0 ? '' : ` The model wants to: ${actions.join('; ')}.`;
  return `The model's provider warns: ${warnings}${next}`;
}

const longestPart = 200;

function shortened(text: string): string {
  return shortenText(text, longestPart);
}
