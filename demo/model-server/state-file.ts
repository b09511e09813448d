/** Stores changes of responses in a file, one line for each change, so that a restarted server has them. */
import { z } from 'zod';
import { appendJsonLine, readJsonLines } from './batches/json-lines.ts';
import type { ResponseEnd } from './responses/response-object.ts';
import { SavedChangeSchema } from './responses/saved-response.ts';

export type ResponseChange =
  | {
      readonly change: 'begun';
      readonly id: string;
      readonly createdAt: number;
      readonly body: Readonly<Record<string, unknown>>;
    }
  | { readonly change: 'ended'; readonly id: string; readonly end: ResponseEnd & { readonly memory?: unknown } }
  | { readonly change: 'deleted'; readonly id: string };

export interface StateFile {
  /** The changes that earlier servers wrote, in order. */
  read(): readonly ResponseChange[];
  append(change: ResponseChange): void;
}

export function openStateFile(path: string): StateFile {
  return {
    read: () => z.array(SavedChangeSchema).parse(readJsonLines(path)),
    append: (change) => appendJsonLine(path, change),
  };
}

/** For a server that stores nothing. */
export const noStateFile: StateFile = { read: () => [], append: () => {} };
