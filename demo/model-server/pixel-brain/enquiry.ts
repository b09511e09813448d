/** The contact form: fills the empty fields and sends it once. In doubt it looks at the page instead of sending again. */
import type { PageState } from '../../state-strip/page-state.ts';
import { attemptsOf, type Memory } from './memory.ts';
import { click, press, scroll, type, type Move, type Size, type Tool } from './move.ts';

/** The text of the enquiry. It says that it is a test. */
const enquiry = {
  name: 'Lodestone Audit',
  email: 'audit@lodestone.example',
  message: 'This is a test enquiry by an automated website audit. Please ignore it.',
} as const;

const mostTries = 3;
/** The most scrolls by half a screen in search of a part of the form. */
const mostSeeks = 6;

/** The parts of the form, from the top. */
const parts = [...Object.keys(enquiry).map((field) => `field:${field}`), 'send'];

/** Returns the next move for the form, or the new state of the enquiry, or null when the enquiry is done. */
export function enquiryMove(state: PageState, memory: Memory, tool: Tool, size: Size): Move | Memory['enquiry'] | null {
  if (memory.enquiry === 'submitted') return checkMove(state, memory);
  if (memory.enquiry !== 'open' || state.page !== 'contact') return null;
  for (const [field, text] of Object.entries(enquiry)) {
    if (state.fields[field] === text.length) continue;
    const target = state.targets[`field:${field}`];
    if (target === undefined) return seekMove(state, memory, `field:${field}`, size);
    if (attemptsOf(memory, `fill:${field}`) >= mostTries * 2) return 'failed';
    return fillMove(state, memory, tool, field, text, target);
  }
  const send = state.targets['send'];
  if (send === undefined) return seekMove(state, memory, 'send', size);
  if (attemptsOf(memory, 'send') >= mostTries - 1) return 'unsure';
  return { intent: 'send', say: 'Sending the test enquiry.', leaves: true, actions: [click(send)] };
}

/** Scrolls to a part of the form that is not visible: away from the visible parts, or else through the whole page. */
function seekMove(state: PageState, memory: Memory, part: string, size: Size): Move | null {
  const onScreen = parts.find((other) => state.targets[other] !== undefined);
  const wanted =
    onScreen === undefined
      ? directionThrough(state, memory)
      : parts.indexOf(onScreen) < parts.indexOf(part)
        ? 'down'
        : 'up';
  const intent = `seek:${wanted}`;
  const canScroll = wanted === 'down' ? state.below : state.above;
  if (!canScroll || attemptsOf(memory, intent) >= mostSeeks) return null;
  return { intent, say: 'Looking for the rest of the form.', leaves: false, actions: [scroll(size, wanted)] };
}

/** Scrolls to the top first, and then down to the end. */
function directionThrough(state: PageState, memory: Memory): 'up' | 'down' {
  return state.above && memory.last?.intent !== 'seek:down' ? 'up' : 'down';
}

/** Reloads the contact page, which says whether this visitor has sent an enquiry. Only then may it be sent again. */
function checkMove(state: PageState, memory: Memory): Move | Memory['enquiry'] | null {
  // The page from before proves nothing: it must be loaded from the server again.
  if (state.page === 'contact' && memory.last?.intent === 'check' && state.loaded > memory.last.stamp) return 'open';
  const contact = state.targets['nav:contact'];
  if (attemptsOf(memory, 'check') >= mostTries) return 'unsure';
  if (contact === undefined) return null;
  return { intent: 'check', say: 'Looking whether the enquiry was sent.', leaves: true, actions: [click(contact)] };
}

function fillMove(
  state: PageState,
  memory: Memory,
  tool: Tool,
  field: string,
  text: string,
  target: readonly [number, number],
): Move {
  const filled = (state.fields[field] ?? 0) > 0;
  const move = { intent: `fill:${field}`, say: `Filling in “${field}”.`, leaves: false };
  const selectAll = press(['CTRL', 'A']);
  if (tool === 'ga') {
    return { ...move, actions: [click(target), ...(filled ? [selectAll] : []), type(text)] };
  }
  if (state.focus !== field) return { ...move, actions: [click(target)] };
  if (filled && memory.last?.intent !== `select:${field}`) {
    return { ...move, intent: `select:${field}`, actions: [selectAll] };
  }
  return { ...move, actions: [type(text)] };
}
