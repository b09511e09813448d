/**
 * A brain that knows of the page only what the pixels of the screenshots show. A missing, old or wrong screenshot stops it,
 * as it would stop a person.
 */
import { decode } from '../../state-strip/decode.ts';
import { PageStateSchema, type PageState } from '../../state-strip/page-state.ts';
import type { Brain, BrainAnswer, Turn } from './brain.ts';
import { fillSchema } from '../pixel-brain/fill-schema.ts';
import { findingsOf, proseOf } from '../pixel-brain/findings.ts';
import { MemorySchema, attemptsOf, emptyMemory, type Memory } from '../pixel-brain/memory.ts';
import type { Move } from '../pixel-brain/move.ts';
import { plan } from '../pixel-brain/plan.ts';
import { doubtAbout, patience, takeIn, instructionsIn } from '../pixel-brain/sight.ts';

export const pixelBrain: Brain = { answer };

function answer(turn: Turn): BrainAnswer {
  const remembered = MemorySchema.safeParse(turn.memory);
  const instructions = instructionsIn(turn.texts);
  const memory = remembered.success ? remembered.data : { ...emptyMemory, restarted: instructions.acted };

  if (turn.computerTool === null) return { kind: 'text', text: 'I was given no computer to look at.', memory };
  // After its result it gives the same answer to any further question.
  if (memory.finished) return result(turn, memory);
  if (turn.screenshot === null) return lookAgain(memory, 'screenshot', 'I was sent no screenshot');

  const seen = see(turn.screenshot);
  if (typeof seen === 'string') return lookAgain(memory, 'wait', seen);
  const doubt = doubtAbout(seen, memory, instructions);
  if (doubt !== undefined) return lookAgain(memory, 'wait', doubt);

  const planned = plan(seen, takeIn(seen, memory), turn.computerTool, turn.screenshot);
  if (planned.move === null) return result(turn, planned.memory);
  return answerWith(planned.move, planned.memory, seen);
}

function see(screenshot: NonNullable<Turn['screenshot']>): PageState | string {
  const reading = decode(screenshot);
  if ('problem' in reading) {
    return reading.problem === 'absent'
      ? 'I see no state strip on this page'
      : 'the state strip on this page is damaged';
  }
  const state = PageStateSchema.safeParse(reading.payload);
  return state.success ? state.data : 'the state strip on this page says nothing that I understand';
}

/** Asks for another picture. After several useless pictures it answers what it cannot see. */
function lookAgain(memory: Memory, action: 'screenshot' | 'wait', why: string): BrainAnswer {
  if (memory.blind >= patience.picture) {
    return { kind: 'text', text: `I can't go on: ${why}, and looking again did not help.`, memory };
  }
  return {
    kind: 'computer',
    actions: [{ type: action }],
    say: `Looking again: ${why}.`,
    memory: { ...memory, blind: memory.blind + 1 },
  };
}

function answerWith(move: Move, memory: Memory, seen: PageState): BrainAnswer {
  return {
    kind: 'computer',
    actions: move.actions,
    say: move.say,
    memory: {
      ...memory,
      attempts: { ...memory.attempts, [move.intent]: attemptsOf(memory, move.intent) + 1 },
      last: { intent: move.intent, page: seen.page, stamp: seen.stamp, leaves: move.leaves },
      enquiry: move.intent === 'send' ? 'submitted' : memory.enquiry,
    },
  };
}

function result(turn: Turn, memory: Memory): BrainAnswer {
  const findings = findingsOf(memory);
  const text = turn.outputSchema === null ? proseOf(findings) : JSON.stringify(fillSchema(turn.outputSchema, findings));
  return { kind: 'text', text, memory: { ...memory, finished: true } };
}
