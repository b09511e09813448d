/** Decides the next move: close the banner, read every page, try the booking, send one enquiry. */
import type { PageState } from '../../state-strip/page-state.ts';
import type { ComputerAction } from '../brains/brain.ts';
import { enquiryMove } from './enquiry.ts';
import { attemptsOf, type Memory } from './memory.ts';
import { click, goBack, press, scroll, type Move, type Size, type Tool } from './move.ts';

/** The most tries for one purpose. */
const mostTries = 3;
/** The most screens that are read of one page. */
const mostScrolls = 8;

export interface Plan {
  readonly memory: Memory;
  /** Null when nothing is left to do. */
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
  const enquiry = enquiryMove(state, memory, tool, size);
  if (typeof enquiry === 'string') return plan(state, { ...memory, enquiry }, tool, size);
  const move = enquiry ?? tryBooking(state, memory) ?? nextPage(state, memory) ?? wayBack(state, memory, size);
  return { memory, move };
}

function readOn(state: PageState, memory: Memory, size: Size): Move | null {
  const intent = `read:${state.page}`;
  if (!state.below || memory.read.includes(state.page) || attemptsOf(memory, intent) >= mostScrolls) return null;
  return { intent, say: `Reading on down “${state.page}”.`, leaves: false, actions: [scroll(size, 'down')] };
}

/** A second try is made when the first had no effect: an interruption may have come before the click. */
function tryBooking(state: PageState, memory: Memory): Move | null {
  const book = state.targets['book'];
  if (book === undefined || attemptsOf(memory, 'book') >= 2 || memory.read.includes('error')) return null;
  return { intent: 'book', say: 'Trying to book.', leaves: true, actions: [click(book)] };
}

/** Opens the first unread page of the navigation, or the contact page again while the enquiry is not done. */
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

/** When no visible link helps: scrolls up to the navigation, or leaves a page without links. */
function wayBack(state: PageState, memory: Memory, size: Size): Move | null {
  const navigationHidden = !Object.keys(state.targets).some((target) => target.startsWith('nav:'));
  const intent = `return:${state.page}`;
  const tries = attemptsOf(memory, intent);
  if (!navigationHidden || tries >= mostTries) return null;
  if (state.above) return { intent, say: 'Scrolling back up.', leaves: false, actions: [scroll(size, 'up')] };
  const way = tries === 0 ? goBack(size) : wayOut(state);
  return { intent, say: 'Going back.', leaves: true, actions: [way] };
}

/** A restored browser may have no history to go back to. Then it follows a link to the home page. */
function wayOut(state: PageState): ComputerAction {
  const home = state.targets['home'];
  return home === undefined ? press(['ALT', 'LEFT']) : click(home);
}
