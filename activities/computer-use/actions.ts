/**
 * The actions that a computer can perform, as data: both forms of the provider's computer tool, parsed from its
 * answers, and the answer to a file chooser. An action that is not in the list is answered with an error and never
 * mapped to a similar one.
 */
import { z } from 'zod';
import { cutText } from '../../workflows/contract/cut-text.ts';

const keys = z
  .array(z.string())
  .nullish()
  .transform((held) => held ?? []);
const point = { x: z.number(), y: z.number() };

/** The actions that both the provider's tool and a person at the live picture can perform. */
export const ToolActionSchema = z.discriminatedUnion('type', [
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
export type ToolAction = z.infer<typeof ToolActionSchema>;

/** Files by the names they are offered under: for the open file chooser, or for the next one that opens. */
const ChooseFilesSchema = z.object({ type: z.literal('choose_files'), files: z.array(z.string()).min(1) });

export const ComputerActionSchema = z.discriminatedUnion('type', [...ToolActionSchema.options, ChooseFilesSchema]);
export type ComputerAction = z.infer<typeof ComputerActionSchema>;

/** An action that cannot be performed (an unknown key, a point outside the screen); the model gets the reason. */
export class ActionProblem extends Error {
  override readonly name = 'ActionProblem';
}

/**
 * A short description of an action for ledger rows, events and messages to the model. Typed text is given by its
 * length.
 */
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
    case 'choose_files':
      return `choose ${cutText(action.files.join(', '), 300)}`;
    case 'wait':
    case 'screenshot':
      return action.type;
  }
}
