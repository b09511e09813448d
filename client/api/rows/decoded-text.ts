/**
 * Decodes a body while it streams. Its encoding is given, or detected by a byte order mark or NULs; otherwise the text
 * is UTF-8, or Windows-1252 (or the classic Mac's) when the first non-ASCII bytes are not valid UTF-8. Only a limited
 * part is buffered until it is known.
 */
import { setImmediate } from 'node:timers/promises';
import type { TextEncoding } from '../../../workflows/contract/batches/table-format.ts';
import {
  decode,
  decodeUntilWrong,
  firstBeyondAscii,
  isUtf8,
  markBytes,
  markOf,
  utf16WithoutMark,
  wholeCharacters,
} from './encoding.ts';
import type { Reading } from './reading.ts';
import { shortenText } from '../../../workflows/contract/cut-text.ts';

/** Bytes from the first non-ASCII one that decide between UTF-8 and Windows-1252. */
const judgedBytes = 64 * 1024;
/** Bytes that are decoded and parsed before other work of the process gets its turn: a few milliseconds. */
const pieceBytes = 16 * 1024;
/** Characters of a line that a remark shows. */
const shownCharacters = 120;

/**
 * Yields the text. Invalid text ends it, with an error that names the line. The beginning of a file may be cut at its
 * end.
 */
export async function* decodedText(
  body: AsyncIterable<Uint8Array>,
  named: TextEncoding | undefined,
  reading: Reading,
  isBeginning = false,
): AsyncGenerator<string> {
  const place = new Place();
  let encoding = named;
  let rest: Uint8Array = new Uint8Array();
  let started = false;
  for await (const { bytes, isLast } of withEnd(body)) {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    if (!started) {
      if (rest.length < markBytes && !isLast) continue;
      started = true;
      ({ encoding, rest } = withoutMark(rest, encoding));
      reading.encoding = encoding;
    }
    while (rest.length > 0) {
      if (encoding === undefined) {
        const ascii = rest.subarray(0, pieceBytes);
        const beyond = firstBeyondAscii(ascii);
        if (beyond !== 0) {
          const until = beyond === -1 ? ascii.length : beyond;
          yield place.pass(decode('utf-8', rest.subarray(0, until)) ?? '', reading);
          rest = rest.subarray(until);
          await setImmediate();
          continue;
        }
        if (rest.length < judgedBytes && !isLast) break;
        encoding = judged(rest, place, reading);
        reading.encoding = encoding;
      }
      const piece = rest.subarray(0, pieceBytes);
      const whole = wholeCharacters(encoding, piece);
      if (whole === 0) break;
      const text = decode(encoding, piece.subarray(0, whole));
      if (text === null) {
        place.pass(decodeUntilWrong(encoding, piece.subarray(0, whole)), reading);
        return reading.wrong(place.line, noText(encoding, named));
      }
      yield place.pass(text, reading);
      rest = rest.subarray(whole);
      await setImmediate();
    }
  }
  reading.encoding ??= 'utf-8';
  if (rest.length > 0 && !isBeginning) reading.wrong(place.line, noText(reading.encoding, named));
}

function withoutMark(
  head: Uint8Array,
  named: TextEncoding | undefined,
): { readonly encoding: TextEncoding | undefined; readonly rest: Uint8Array } {
  const mark = markOf(head);
  const encoding = named ?? mark?.encoding ?? utf16WithoutMark(head.subarray(0, markBytes));
  const rest = mark !== undefined && mark.encoding === encoding ? head.subarray(mark.bytes.length) : head;
  return { encoding, rest };
}

/** The encoding of a text that was ASCII until here. */
function judged(bytes: Uint8Array, place: Place, reading: Reading): TextEncoding {
  const window = bytes.subarray(0, judgedBytes);
  if (isUtf8(window.subarray(0, wholeCharacters('utf-8', window)))) return 'utf-8';
  const encoding = place.isClassicMac(window) ? 'macintosh' : 'windows-1252';
  const text = decodeUntilWrong(encoding, window);
  const line = `${place.lineSoFar}${text.split(/[\r\n]/, 1)[0] ?? ''}`;
  const shown = shortenText(line, shownCharacters);
  reading.note(
    `The file is not UTF-8 and was read as ${encoding}: line ${place.line} reads ${JSON.stringify(shown)}. If that is wrong, name the encoding.`,
  );
  return encoding;
}

function noText(encoding: TextEncoding, named: TextEncoding | undefined): string {
  const how = named === undefined ? 'as which the file was read up to here' : 'as which it was to be read';
  return `is not text in ${encoding}, ${how}; name the encoding that the file has, or save it as "CSV UTF-8"`;
}

const nul = 'has a NUL character; remove it';

/** The current position in the text. */
class Place {
  line = 1;
  /** The beginning of the current line, as far as it is shown. */
  lineSoFar = '';
  private endsWithReturn = false;
  private hasLineFeed = false;

  /** Scans a text and returns it. NULs are reported, and replaced by spaces. */
  pass(text: string, reading: Reading): string {
    const first = text.indexOf('\0');
    if (first !== -1) reading.wrong(this.line + lineBreaks(text.slice(0, first), this.endsWithReturn), nul);
    this.line += lineBreaks(text, this.endsWithReturn);
    const last = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
    const begun = text.slice(last + 1, last + 1 + shownCharacters);
    this.lineSoFar = last === -1 ? `${this.lineSoFar}${begun}`.slice(0, shownCharacters) : begun;
    this.hasLineFeed ||= text.includes('\n');
    if (text !== '') this.endsWithReturn = text.endsWith('\r');
    return first === -1 ? text : text.replaceAll('\0', ' ');
  }

  /** Lines that end with a carriage return alone are Excel's "CSV (Macintosh)", in the Mac's own encoding. */
  isClassicMac(next: Uint8Array): boolean {
    if (this.hasLineFeed || next.includes(0x0a)) return false;
    return this.line > 1 || next.includes(0x0d);
  }
}

/** Normalises line breaks; one may have begun in the text before. */
function lineBreaks(text: string, afterReturn: boolean): number {
  const count = text.match(/\r\n|\r|\n/g)?.length ?? 0;
  return afterReturn && text.startsWith('\n') ? count - 1 : count;
}

async function* withEnd(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly isLast: boolean }> {
  for await (const bytes of body) yield { bytes, isLast: false };
  yield { bytes: new Uint8Array(), isLast: true };
}
