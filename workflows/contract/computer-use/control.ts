/**
 * A person takes over the browser of a computer-use run: the state of the takeover, and the actions that the person may
 * perform. The loop and the API communicate through the store, which the loop reads between its turns.
 */
import { z } from 'zod';

const point = { x: z.number().min(0), y: z.number().min(0) };

/** An action of a person on the live picture, in the screen's pixels. */
export const PersonActionSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('click'), ...point, button: z.enum(['left', 'right']).default('left') }),
  z.strictObject({ type: z.literal('double_click'), ...point }),
  z.strictObject({ type: z.literal('scroll'), ...point, scroll_x: z.number(), scroll_y: z.number() }),
  z.strictObject({ type: z.literal('type'), text: z.string().min(1).max(2000) }),
  z.strictObject({ type: z.literal('keypress'), keys: z.array(z.string().max(20)).min(1).max(5) }),
]);
export type PersonAction = z.infer<typeof PersonActionSchema>;

/**
 * `asked`: the loop will stop at its next boundary. `held`: the person has control. `returned`: the model continues.
 */
const controlStates = ['asked', 'held', 'returned'] as const;

const personOutcomes = ['waiting', 'uncertain', 'done', 'problem'] as const;

export const ControlSchema = z.object({
  state: z.enum(controlStates),
  by: z.string(),
  askedAt: z.string(),
  note: z.string().nullable().describe('a note for the model from the person, or why the browser was taken back'),
  screen: z
    .object({ name: z.string(), sha256: z.string(), url: z.string() })
    .nullable()
    .describe('the newest screenshot, an artifact of the job; null until the person has control'),
  actions: z
    .array(
      z.object({
        sequence: z.int(),
        described: z.string().describe('a short description; typed text is given by its length and stored nowhere'),
        outcome: z
          .enum(personOutcomes)
          .describe('`uncertain` while it is performed, and after a crash in the middle of it'),
        problem: z.string().nullable(),
      }),
    )
    .describe('what the person did since taking over, oldest first'),
});
export type Control = z.infer<typeof ControlSchema>;

/**
 * A short description of a person's action for ledger rows and messages to the model. Typed text is given by its
 * length.
 */
export function describePersonAction(action: PersonAction): string {
  switch (action.type) {
    case 'click':
      return `${action.button === 'left' ? '' : 'right '}click at ${action.x},${action.y}`;
    case 'double_click':
      return `double click at ${action.x},${action.y}`;
    case 'scroll':
      return `scroll by ${action.scroll_x},${action.scroll_y}`;
    case 'type':
      return `type ${action.text.length} characters`;
    case 'keypress':
      return `press ${action.keys.join('+')}`;
  }
}
