/** The contact form: fill in what is not filled in yet, send it once, and where in doubt look instead of sending again. */
import type { PageState } from '../../state-strip/page-state.ts';
import { attemptsOf, type Memory } from './memory.ts';
import { click, press, type, type Move, type Tool } from './move.ts';

/** What a test enquiry says; whoever gets it must see that it is one. */
const enquiry = {
  name: 'Lodestone Audit',
  email: 'audit@lodestone.example',
  message: 'This is a test enquiry by an automated website audit. Please ignore it.',
} as const;

const mostTries = 3;

/** The next move for the form on the page that is shown; a new standing of the enquiry; or null when it is settled. */
export function enquiryMove(state: PageState, memory: Memory, tool: Tool): Move | Memory['enquiry'] | null {
  if (memory.enquiry === 'submitted') return checkMove(state, memory);
  if (memory.enquiry !== 'open' || state.page !== 'contact') return null;
  for (const [field, text] of Object.entries(enquiry)) {
    if (state.fields[field] === text.length) continue;
    const target = state.targets[`field:${field}`];
    if (target === undefined) return null;
    if (attemptsOf(memory, `fill:${field}`) >= mostTries * 2) return 'failed';
    return fillMove(state, memory, tool, field, text, target);
  }
  const send = state.targets['send'];
  if (send === undefined) return null;
  if (attemptsOf(memory, 'send') >= mostTries - 1) return 'unsure';
  return { intent: 'send', say: 'Sending the test enquiry.', leaves: true, actions: [click(send)] };
}

/** Opens the contact page anew, which says whether this visitor has written; only its answer allows another try. */
function checkMove(state: PageState, memory: Memory): Move | Memory['enquiry'] | null {
  // The page as it was before is no answer: only one that the server gave since then is.
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
