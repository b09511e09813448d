/**
 * The actions of both forms of the computer tool, as data: one union, parsed from what the provider sends. An action
 * that is not in it is answered to the model as an error, never mapped to something near.
 */
import { z } from 'zod';

const keys = z
  .array(z.string())
  .nullish()
  .transform((held) => held ?? []);
const point = { x: z.number(), y: z.number() };

export const ComputerActionSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('click'),
    ...point,
    button: z.enum(['left', 'right', 'wheel', 'back', 'forward']).default('left'),
    keys,
  }),
  z.object({ type: z.literal('double_click'), ...point, keys }),
  z.object({ type: z.literal('drag'), path: z.array(z.object(point)).min(2), keys }),
  z.object({ type: z.literal('move'), ...point, keys }),
  z.object({ type: z.literal('scroll'), ...point, scroll_x: z.number(), scroll_y: z.number(), keys }),
  z.object({ type: z.literal('keypress'), keys: z.array(z.string()).min(1) }),
  z.object({ type: z.literal('type'), text: z.string() }),
  z.object({ type: z.literal('wait') }),
  z.object({ type: z.literal('screenshot') }),
]);
export type ComputerAction = z.infer<typeof ComputerActionSchema>;

/** An action that cannot be done (a key without a name, a point off the screen); the model is told why. */
export class ActionProblem extends Error {
  override readonly name = 'ActionProblem';
}

/** An action in a few words, for ledgers, events and what the model is told. Typed text is given by its length. */
export function describeAction(action: ComputerAction): string {
  switch (action.type) {
    case 'click':
      return `${action.button === 'left' ? '' : `${action.button} `}click at ${action.x},${action.y}`;
    case 'double_click':
      return `double click at ${action.x},${action.y}`;
    case 'move':
      return `move to ${action.x},${action.y}`;
    case 'drag':
      return `drag over ${action.path.length} points`;
    case 'scroll':
      return `scroll by ${action.scroll_x},${action.scroll_y}`;
    case 'keypress':
      return `press ${action.keys.join('+')}`;
    case 'type':
      return `type ${action.text.length} characters`;
    case 'wait':
    case 'screenshot':
      return action.type;
  }
}
