/** Encodes results in the encoding in which a spreadsheet will open them. No character is replaced. */
import iconv from 'iconv-lite';
import type { ResultEncoding } from '../../../workflows/contract/batches/table-format.ts';

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const windows1252 = new Set(iconv.decode(Buffer.from(everyByte), 'windows-1252'));

/** The first character that Windows-1252 lacks; null when it has all. */
export function characterBeyond(text: string): string | null {
  if (!/[^\0-\u007F]/.test(text)) return null;
  for (const character of text) if (!windows1252.has(character) || character === '\uFFFD') return character;
  return null;
}

/** Encodes pieces of text. A result that arrived after the check whether all can be encoded may end it. */
export async function* encodedTexts(
  texts: AsyncIterable<string>,
  encoding: ResultEncoding,
): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8-bom' || encoding === 'utf-16le') yield encoded('\uFEFF', encoding);
  for await (const text of texts) {
    const lacking = encoding === 'windows-1252' ? characterBeyond(text) : null;
    if (lacking !== null) throw new Error(`${encoding} lacks ${JSON.stringify(lacking)}`);
    yield encoded(text, encoding);
  }
}

function encoded(text: string, encoding: ResultEncoding): Uint8Array {
  if (encoding === 'windows-1252') return iconv.encode(text, encoding);
  return Buffer.from(text, encoding === 'utf-16le' ? 'utf16le' : 'utf8');
}
