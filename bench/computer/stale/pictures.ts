/**
 * Tells which of the pictures that a model was sent were out of date. Each shows how often the page had changed, and when;
 * later pictures tell what had changed meanwhile.
 */
import { z } from 'zod';
import { decode, type Picture } from '../../../demo/state-strip/decode.ts';

const StampSchema = z.object({
  count: z.int(),
  /** Of the newest changes, oldest first: the first in milliseconds since the epoch, each other since the one before. */
  times: z.array(z.number()),
});

export interface Stamp {
  readonly count: number;
  /** Milliseconds since the epoch by the number of the change. */
  readonly changes: ReadonlyMap<number, number>;
}

export const PictureCountSchema = z.object({
  pictures: z.int(),
  /** There was no page yet: it was being loaded. */
  empty: z.int(),
  /** The page had changed between the picture and the request that it was sent with. */
  stale: z.int(),
  /** The page changed before the answer came: what the model chose was not for what the page showed by then. */
  early: z.int(),
});
export type PictureCount = z.infer<typeof PictureCountSchema>;

/** Null for a picture of another page. */
export function stampOf(picture: Picture): Stamp | null {
  const read = decode(picture);
  if ('problem' in read) return null;
  const { count, times } = StampSchema.parse(read.payload);
  let at = 0;
  const changes = times.map((time, index): [number, number] => {
    at += time;
    return [count - times.length + 1 + index, at];
  });
  return { count, changes: new Map(changes) };
}

/** A picture, when its request came, and when its answer was ready. */
export interface Sent {
  readonly stamp: Stamp;
  readonly requested: number;
  readonly answered: number;
}

/**
 * Counts the pictures of a session, where null stands for one without a stamp; none when no picture has one. The last is not
 * counted: no later one tells what changed after it.
 */
export function countPictures(all: readonly (Sent | null)[]): PictureCount {
  const sent = all.filter((picture) => picture !== null);
  const changes = new Map(sent.flatMap(({ stamp }) => [...stamp.changes]));
  const missed = ({ stamp }: Sent, until: number): boolean =>
    [...changes].some(([number, time]) => number > stamp.count && time < until);
  const counted = sent.slice(0, -1);
  const empty = sent.length === 0 ? 0 : all.length - sent.length;
  return {
    pictures: counted.length + empty,
    empty,
    stale: counted.filter((picture) => missed(picture, picture.requested)).length,
    early: counted.filter((picture) => missed(picture, picture.answered)).length,
  };
}
