/** Checks a screenshot against the last action, and adds what it shows to the memory. */
import type { PageState } from '../../state-strip/page-state.ts';
import type { Memory } from './memory.ts';

/** What the text of the input says after a crash of the process that operates the browser. */
export interface Instructions {
  readonly interrupted: boolean;
  /** Some of the last actions did not run, or it is uncertain whether they ran. */
  readonly unfinished: boolean;
  /** Actions were performed before, which the brain may not remember. */
  readonly acted: boolean;
}

export function instructionsIn(texts: readonly string[]): Instructions {
  const says = (pattern: RegExp): boolean => texts.some((text) => pattern.test(text));
  // Matches whole phrases: a goal may contain the word uncertain, and the advice not to repeat anything is always sent.
  const uncertain = says(/this one is uncertain|\bit may have happened/i);
  const unfinished = uncertain || says(/did not run|could not be done/i);
  const acted = uncertain || says(/\b\d+ ran\b/i);
  return { interrupted: unfinished || acted || says(/was interrupted/i), unfinished, acted };
}

/** Why the picture cannot be trusted yet; undefined when it can. */
export function doubtAbout(state: PageState, memory: Memory, instructions: Instructions): string | undefined {
  const { last } = memory;
  if (last === null) return undefined;
  if (state.stamp < last.stamp) return 'the screenshot is older than one that I have seen before';
  // When the action never ran, the stamp has not changed.
  if (state.stamp === last.stamp)
    return instructions.unfinished ? undefined : 'the screenshot is from before my last action';
  if (last.leaves && state.loaded <= last.stamp && !instructions.interrupted && memory.blind < patience.page) {
    return `no other page has come yet than “${state.page}”`;
  }
  return undefined;
}

/** After this many looks without success the brain gives up on the picture, or assumes that the page has not changed. */
export const patience = { picture: 3, page: 2 } as const;

/** Returns the memory with what the page shows added. */
export function takeIn(state: PageState, memory: Memory): Memory {
  const covered = state.flags.includes('cookie-banner');
  const seen = Object.entries(state.facts).map(([name, text]) => ({ page: state.page, name, text }));
  const kept = memory.facts.filter((fact) => !seen.some(({ page, name }) => page === fact.page && name === fact.name));
  const isRead = !covered && !state.below && !memory.read.includes(state.page);
  return {
    ...memory,
    facts: [...kept, ...seen],
    read: isRead ? [...memory.read, state.page] : memory.read,
    problems: withNew(memory.problems, problemsOn(state, memory)),
    enquiry: enquiryAfter(state, memory, covered),
    restarted: false,
    blind: 0,
  };
}

function enquiryAfter(state: PageState, memory: Memory, covered: boolean): Memory['enquiry'] {
  if (state.flags.includes('sent')) return 'sent';
  if (state.flags.includes('refused')) return 'failed';
  // A cookie banner means that the site does not know this visitor. Then a missing confirmation proves nothing.
  if (covered && (memory.restarted || memory.enquiry === 'submitted')) return 'unsure';
  return memory.enquiry;
}

function problemsOn(state: PageState, memory: Memory): Memory['problems'] {
  const found: Memory['problems'] = [];
  if (state.flags.includes('cookie-banner')) {
    found.push({ page: state.page, problem: 'A cookie banner covers the whole page until it is answered.' });
  }
  if (state.flags.includes('refused')) {
    found.push({ page: state.page, problem: 'The contact form refuses a complete enquiry.' });
  }
  const { error } = state.facts;
  // The same error seen twice is one error, also when its cause was forgotten in between.
  if (error !== undefined && !memory.problems.some(({ problem }) => problem.includes(error))) {
    const cause =
      memory.last?.intent === 'book' ? 'The “Book now” button leads to an error page' : 'A page shows an error';
    found.push({ page: memory.last?.page ?? state.page, problem: `${cause}: “${error}”.` });
  }
  return found;
}

function withNew(before: Memory['problems'], found: Memory['problems']): Memory['problems'] {
  // A banner that appears again is the same problem.
  return [...before, ...found.filter(({ problem }) => !before.some((known) => known.problem === problem))];
}
