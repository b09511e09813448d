/**
 * A person takes control in the model's place. Their actions on the live picture are performed by the same driver, each
 * recorded before and after, until they hand the browser back or are no longer heard from. This time does not count for
 * the run's budget.
 */
import type { Controls, ControlScreen, RunPlace } from '../../store/computer-use/controls.ts';
import type { Computer } from '../ports.ts';
import { ActionProblem, ToolActionSchema } from './actions.ts';
import { handedBackText } from './loop/messages.ts';

export interface PersonPorts {
  readonly controls: Controls;
  readonly place: RunPlace;
  /** Whether an earlier attempt gave control to a person and died before the model was told. */
  readonly wasHeld: boolean;
  /** Saves that a person has control from now on. */
  readonly onHold: () => Promise<void>;
  readonly computer: Pick<Computer, 'perform' | 'url'>;
  /** Takes a screenshot and stores it together with the browser's state. */
  readonly look: () => Promise<Omit<ControlScreen, 'url'>>;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

const pollMilliseconds = 120;
/** How often the screenshot is renewed while nothing happens: a page may change by itself. */
const lookMilliseconds = 1_500;
/** A person who is not heard from for this long is considered gone. */
const patienceMilliseconds = 120_000;

/**
 * Gives the browser to a person who has asked for it. Returns notes for the model afterwards, or null when nobody
 * asked.
 */
export async function yieldToPerson(ports: PersonPorts): Promise<readonly string[] | null> {
  const { controls, place, signal, now, sleep } = ports;
  const asked = await controls.find(place);
  if (asked === null) return null;
  if (asked.state === 'returned') return ports.wasHeld ? finish(ports) : null;
  await ports.onHold();
  await controls.hold(place, now());
  let shownAt = await show(ports);
  for (;;) {
    signal.throwIfAborted();
    const control = await controls.find(place);
    if (control === null) return null;
    if (control.state === 'returned') return finish(ports);
    if (now().getTime() - (await controls.lastSeen(place)) > patienceMilliseconds) {
      await controls.giveBack(place, 'the person was not heard of any more', now());
    } else if (await doNext(ports)) {
      shownAt = await show(ports);
    } else {
      await sleep(pollMilliseconds, signal);
      if (now().getTime() - shownAt > lookMilliseconds) shownAt = await show(ports);
    }
  }
}

/** A person who hands back right after typing expects the typed text to be entered. */
async function finish(ports: PersonPorts): Promise<readonly string[] | null> {
  while (await doNext(ports));
  const control = await ports.controls.find(ports.place);
  return control === null ? null : [handedBackText(control)];
}

/** Performs the next action, if there is one. */
async function doNext({ controls, place, computer, signal }: PersonPorts): Promise<boolean> {
  const next = await controls.begin(place);
  if (next === null) return false;
  try {
    await computer.perform(ToolActionSchema.parse(next.action), signal);
    await controls.settle(next.sequence, 'done', null);
  } catch (error) {
    if (!(error instanceof ActionProblem)) throw error;
    await controls.settle(next.sequence, 'problem', error.message);
  }
  return true;
}

/** Shows the screen to the person. Returns the time, in milliseconds since the epoch. */
async function show({ controls, place, look, computer, now }: PersonPorts): Promise<number> {
  const { name, sha256 } = await look();
  await controls.show(place, { name, sha256, url: computer.url() });
  return now().getTime();
}
