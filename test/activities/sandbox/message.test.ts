import { expect, it } from 'vitest';
import { readMessage } from '../../../activities/sandbox/message.ts';
import { testLimits } from '../../support/sandbox/python.ts';

it('a list with more files than allowed is refused by its length alone, whatever it lists', () => {
  const header = Buffer.from(`{"value": 1, "files": [${'{},'.repeat(testLimits.files)}{}]}`);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.byteLength);
  const read = () => readMessage(Buffer.concat([length, header]), testLimits);
  expect(read).toThrow(`more than ${testLimits.files} files were written`);
});
