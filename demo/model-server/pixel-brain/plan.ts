/** Decides the next move from what is seen and remembered: uncover, read every page, try the booking, write once. */
import type { PageState } from '../../state-strip/page-state.ts';
import { enquiryMove } from './enquiry.ts';
import { attemptsOf, type Memory } from './memory.ts';
import { click, press, type Move, type Tool } from './move.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Tries of one thing after which the brain does without it. */
const mostTries = 3;
/** A long page is read in several looks; an endless one is not. */
const mostScrolls = 8;

export interface Plan {
  readonly memory: Memory;
  /** Null when all is done that can be done. */
  readonly move: Move | null;
}

export function plan(state: PageState, memory: Memory, tool: Tool, size: Size): Plan {
  const banner = state.targets['cookies'];
  if (state.flags.includes('cookie-banner') && banner !== undefined && attemptsOf(memory, 'cookies') < mostTries) {
    return {
      memory,
      move: { intent: 'cookies', say: 'Answering the cookie banner.', leaves: false, actions: [click(banner)] },
    };
  }
  const reading = readOn(state, memory, size);
  if (reading !== null) return { memory, move: reading };
  const enquiry = enquiryMove(state, memory, tool);
  if (typeof enquiry === 'string') return plan(state, { ...memory, enquiry }, tool, size);
  const move = enquiry ?? tryBooking(state, memory) ?? nextPage(state, memory) ?? wayBack(state, memory, size);
  return { memory, move };
}

function readOn(state: PageState, memory: Memory, size: Size): Move | null {
  const intent = `read:${state.page}`;
  if (!state.below || memory.read.includes(state.page) || attemptsOf(memory, intent) >= mostScrolls) return null;
  return scroll(size, 1, intent, `Reading on down “${state.page}”.`);
}

function tryBooking(state: PageState, memory: Memory): Move | null {
  const book = state.targets['book'];
  if (book === undefined || attemptsOf(memory, 'book') > 0 || memory.read.includes('error')) return null;
  return { intent: 'book', say: 'Trying to book.', leaves: true, actions: [click(book)] };
}

/** The first page of the navigation that is not read yet; the contact page once more while the enquiry is open. */
function nextPage(state: PageState, memory: Memory): Move | null {
  for (const [target, centre] of Object.entries(state.targets)) {
    const page = /^nav:(.+)$/.exec(target)?.[1];
    if (page === undefined || page === state.page || !isWanted(page, memory)) continue;
    return { intent: `open:${page}`, say: `Opening “${page}”.`, leaves: true, actions: [click(centre)] };
  }
  return null;
}

function isWanted(page: string, memory: Memory): boolean {
  if (attemptsOf(memory, `open:${page}`) >= mostTries) return false;
  return !memory.read.includes(page) || (page === 'contact' && memory.enquiry === 'open');
}

/** Where nothing on the screen leads on: up to what is above, or back from a page that is a dead end. */
function wayBack(state: PageState, memory: Memory, size: Size): Move | null {
  const formHidden = state.page === 'contact' && memory.enquiry === 'open';
  const navigationHidden = !Object.keys(state.targets).some((target) => target.startsWith('nav:'));
  const intent = `return:${state.page}`;
  if (!(formHidden || navigationHidden) || attemptsOf(memory, intent) >= mostTries) return null;
  if (state.above) return scroll(size, -1, intent, 'Scrolling back up.');
  if (!navigationHidden) return null;
  // The mouse's own button first: the keys are the browser window's, and a headless browser has no window.
  const byKeys = attemptsOf(memory, intent) > 0;
  const [x, y] = [Math.round(size.width / 2), Math.round(size.height / 2)];
  const back = byKeys ? press(['ALT', 'LEFT']) : ({ type: 'click', x, y, button: 'back' } as const);
  return { intent, say: 'Going back.', leaves: true, actions: [back] };
}

function scroll(size: Size, direction: 1 | -1, intent: string, say: string): Move {
  const [x, y] = [Math.round(size.width / 2), Math.round(size.height / 2)];
  // Three quarters of a screen: what was at its edge is seen in one piece on the next.
  const scroll_y = direction * Math.round(size.height * 0.75);
  return { intent, say, leaves: false, actions: [{ type: 'scroll', x, y, scroll_x: 0, scroll_y }] };
}
