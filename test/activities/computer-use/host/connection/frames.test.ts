import { describe, expect, it } from 'vitest';
import {
  createFrameReader,
  encodeFrame,
  type Frame,
} from '../../../../../activities/computer-use/host/connection/frames.ts';

const picture = Buffer.from([0, 0x0a, 0xff, 0x7b, 0x0a]);
const stream = Buffer.concat([
  encodeFrame({ id: 1, text: 'a\nb' }),
  encodeFrame({ id: 2 }, picture),
  encodeFrame({ id: 3 }),
]);

describe('messages on a socket', () => {
  it.each([1, 2, 7, 1_000])('arrive whole, with their bytes, in pieces of %i', (size) => {
    const frames: Frame[] = [];
    const read = createFrameReader((frame) => frames.push(frame));
    for (let at = 0; at < stream.byteLength; at += size) read(stream.subarray(at, at + size));
    expect(frames.map(({ message }) => message)).toMatchObject([{ id: 1, text: 'a\nb' }, { id: 2 }, { id: 3 }]);
    expect(frames.map(({ bytes }) => Buffer.from(bytes))).toEqual([Buffer.alloc(0), picture, Buffer.alloc(0)]);
  });

  it('that are none of ours are refused', () => {
    const read = createFrameReader(() => expect.unreachable());
    expect(() => read(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow('JSON');
    expect(() => createFrameReader(() => expect.unreachable())(Buffer.from('{"bytes":1e12}\n'))).toThrow('bytes');
  });
});
