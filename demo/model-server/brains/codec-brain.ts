/**
 * Writes the codecs of experiments. It knows of earlier rounds only what the prompt shows: its first draft has a mistake that
 * it finds by the error it is shown, and its steps become coarser or finer by the PSNR that was measured.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPrompt, type RoundPrompt } from '../codec-brain/prompt-reading.ts';
import type { Brain, BrainAnswer, Turn } from './brain.ts';

interface Written {
  readonly code: string;
  readonly note: string;
}

export const codecBrain: Brain = {
  answer(turn: Turn): BrainAnswer {
    const prompt = promptOf(turn);
    if (prompt === null) return { kind: 'text', text: 'I was asked for no codec.' };
    return { kind: 'text', text: JSON.stringify(write(prompt)) };
  },
};

/** Whether a request asks for the code of an experiment's round. */
export function asksForCodec(turn: Turn): boolean {
  return promptOf(turn) !== null;
}

function promptOf({ outputSchema, texts }: Turn): RoundPrompt | null {
  const properties = outputSchema?.['properties'];
  const isOfRound = typeof properties === 'object' && properties !== null && 'code' in properties;
  return isOfRound ? readPrompt(texts.join('\n')) : null;
}

function write({ leastPsnrDb, lastCode, lastResult }: RoundPrompt): Written {
  if (lastCode === null) {
    return { code: draft(), note: 'Samples rounded to steps, as differences between frames, compressed by zlib.' };
  }
  const failure = lastResult?.failure;
  if (failure !== undefined) return mended(lastCode, failure.message);
  const psnrDb = lastResult?.psnrDb ?? leastPsnrDb;
  const step = lastCode.includes('COSINES') ? stepOf(lastCode) : null;
  if (step === null) {
    return {
      code: cosines(),
      note: 'The cosine transform of 8 × 8 pixels, which needs fewer numbers for smooth pictures.',
    };
  }
  const next = nextStep(step, psnrDb - leastPsnrDb);
  const how = next > step ? 'coarser' : 'finer';
  return {
    code: cosines(next),
    note: `PSNR was ${psnrDb.toFixed(1)} dB and ${leastPsnrDb} dB are wanted: ${how} steps, ${next} and not ${step}.`,
  };
}

/** Its mistake is in `decode`, which shows only when the video has been encoded. */
function draft(): string {
  return source('differences').replace('zlib.decompress', 'zlibb.decompress');
}

/** A name that does not exist becomes the module whose name is the most similar; of other errors nothing is known. */
function mended(code: string, message: string): Written {
  const name = /name '(\w+)' is not defined/.exec(message)?.[1];
  const modules = [...code.matchAll(/^import (\w+)(?: as (\w+))?/gm)].map(([, module = '', alias]) => alias ?? module);
  const meant = modules.find((module) => name !== undefined && (name.startsWith(module) || module.startsWith(name)));
  if (name === undefined || meant === undefined) {
    return { code: source('differences'), note: `I could not mend this, and wrote a simpler codec: ${message}` };
  }
  return {
    code: code.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), meant),
    note: `There is no ${name}; the module is called ${meant}.`,
  };
}

/** The error grows with the steps: 20 dB for ten times as coarse ones. Less is taken, since it grows slower at coarse steps. */
function nextStep(step: number, spareDb: number): number {
  const exponent = spareDb > 0 ? Math.min(spareDb, 20) / 22 : spareDb / 16;
  return Math.max(1, Math.round(step * 10 ** exponent));
}

function cosines(step?: number): string {
  const code = source('cosines');
  return step === undefined ? code : code.replace(/^STEP = .*$/m, `STEP = ${step}`);
}

function stepOf(code: string): number | null {
  const step = Number(/^STEP = (\d+)$/m.exec(code)?.[1]);
  return Number.isInteger(step) ? step : null;
}

function source(name: 'differences' | 'cosines'): string {
  return readFileSync(join(import.meta.dirname, '..', 'codec-brain', `${name}.py`), 'utf8');
}
