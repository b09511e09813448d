/** Keeps a test on loopback: a browser asks for names of its maker's by itself, and here none has an address. */
import { isIP } from 'node:net';
import type { Resolve } from '../../../activities/http/resolve.ts';

export const onlyLiterals: Resolve = async (hostname) => {
  if (isIP(hostname) === 0) throw new Error(`${hostname} is not resolved in a test`);
  return [hostname];
};
