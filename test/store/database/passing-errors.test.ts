import { expect, it } from 'vitest';
import { isPassing } from '../../../store/database/passing-errors.ts';

const missing = (syscall: string): Error => Object.assign(new Error(`${syscall} ENOENT`), { code: 'ENOENT', syscall });

it.each([
  ['a connection that the server has ended', new Error('Connection terminated unexpectedly'), true],
  ['a socket file that is not there while the server is away', missing('connect'), true],
  ['the same as the cause of another error', new Error('no database', { cause: missing('connect') }), true],
  ['any other file that is missing', missing('open'), false],
  ['words about another connection', new Error('502: upstream connection terminated'), false],
])('%s: whether it passes', (_, error, passes) => {
  expect(isPassing(error)).toBe(passes);
});
