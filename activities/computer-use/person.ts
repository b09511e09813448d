/**
 * A person in the model's place: what they do on the live picture is done by the same driver, each action marked before
 * and after, until they hand the browser back or are no longer heard of. Their time is none of the run's.
 */
import type { Controls, ControlScreen, RunPlace } from '../../store/computer-use/controls.ts';
import type { Computer } from '../ports.ts';
import { ActionProblem, ToolActionSchema } from './actions.ts';
import { handedBackText } from './loop/messages.ts';

export interface PersonPorts {
  readonly controls: Controls;
  readonly place: RunPlace;
  /** Whether an earlier attempt let a person have the browser and died before the model was told. */
  readonly wasHeld: boolean;
  /** Keeps that a person has it from now on. */
  readonly onHold: () => Promise<void>;
  readonly computer: Pick<Computer, 'perform' | 'url'>;
  /** Takes a picture and keeps it, with the state of the browser. */
  readonly look: () => Promise<Omit<ControlScreen, 'url'>>;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

const pollMilliseconds = 120;
/** How often the picture is renewed while nothing is done: a page may change by itself. */
const lookMilliseconds = 1_500;
/** A person who is not heard of for so long has gone. */
const patienceMilliseconds = 120_000;

/** Lets a person have the browser who asked for it. What the model must be told then; null when nobody asked. */
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

/** Whoever hands back at once after typing means what was typed to be done. */
async function finish(ports: PersonPorts): Promise<readonly string[] | null> {
  while (await doNext(ports));
  const control = await ports.controls.find(ports.place);
  return control === null ? null : [handedBackText(control)];
}

/** Does the next action, if there is one. */
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

/** Shows the screen to the person. Returns when, in milliseconds since the epoch. */
async function show({ controls, place, look, computer, now }: PersonPorts): Promise<number> {
  const { name, sha256 } = await look();
  await controls.show(place, { name, sha256, url: computer.url() });
  return now().getTime();
}
