/**
 * The scripted model of the chaos runs: it does what the page in the screenshot asks for and nothing else. It sends a
 * form in one batch of actions, so that a kill can hit the middle of the batch. It never acts on a screenshot that is
 * older than one it has seen, unless it is told that its actions did not run.
 */
import { z } from 'zod';
import type { Brain, BrainAnswer, ComputerAction, Turn } from '../../demo/model-server/brains/brain.ts';
import { decode } from '../../demo/state-strip/decode.ts';
import { PageStateSchema, type PageState } from '../../demo/state-strip/page-state.ts';
import { noteOf } from './site.ts';

const MemorySchema = z.object({ stamp: z.number(), looks: z.number() });
type Memory = z.infer<typeof MemorySchema>;

/** Gives up after this many consecutive looks at pages with nothing to do. */
const mostLooks = 12;

export const manyStepBrain: Brain = { answer };

function answer(turn: Turn): BrainAnswer {
  const memory = MemorySchema.safeParse(turn.memory).data ?? { stamp: 0, looks: 0 };
  const state = see(turn.screenshot);
  if (state === null) return lookAgain(memory, 'nothing can be read');
  const left = turn.texts.some((text) => /did not run|may have happened|was interrupted/i.test(text));
  // The file chooser is not part of the page, so the page looks the same as before the click.
  if (turn.texts.some((text) => text.includes('A file chooser opened on'))) {
    const calls = [{ name: 'choose_files', arguments: { files: ['proof.bin'] } }];
    return { kind: 'functions', calls, memory: { stamp: state.stamp, looks: 0 } };
  }
  if (state.stamp <= memory.stamp && !left) return lookAgain(memory, 'the screen is the one that was acted upon');
  const { result } = state.facts;
  if (result !== undefined) return { kind: 'text', text: result };
  const actions = actionsFor(state);
  if (actions === null) return lookAgain(memory, `there is nothing to do on ${state.page} yet`);
  return { kind: 'computer', actions, say: `On ${state.page}.`, memory: { stamp: state.stamp, looks: 0 } };
}

function see(screenshot: Turn['screenshot']): PageState | null {
  if (screenshot === null) return null;
  const reading = decode(screenshot);
  return 'problem' in reading ? null : (PageStateSchema.safeParse(reading.payload).data ?? null);
}

function actionsFor({ page, targets, fields }: PageState): readonly ComputerAction[] | null {
  if (targets['next'] !== undefined) return [click(targets['next'])];
  if (targets['file'] !== undefined) return [click(targets['file'])];
  const act = targets['act'];
  if (act === undefined) return null;
  const { note } = targets;
  if (note === undefined) return [click(act)];
  const wanted = noteOf(Number(page.split('-')[1]));
  // Replaces text that was half typed when the worker died.
  const clear: readonly ComputerAction[] = fields['note'] === 0 ? [] : [{ type: 'keypress', keys: ['CTRL', 'A'] }];
  return [click(note), ...clear, { type: 'type', text: wanted }, click(act)];
}

function click([x, y]: readonly [number, number]): ComputerAction {
  return { type: 'click', x, y, button: 'left' };
}

function lookAgain(memory: Memory, why: string): BrainAnswer {
  if (memory.looks >= mostLooks) return { kind: 'text', text: `I can't go on: ${why}.` };
  return { kind: 'computer', actions: [{ type: 'wait' }], say: why, memory: { ...memory, looks: memory.looks + 1 } };
}
