/** Judges the content of a file that a tool is given: text in UTF-8 and images pass, anything else is refused. */
import { imageDimensionsFromData } from 'image-dimensions';
import { isText } from '../text-content.ts';
import { imageTypes, type ImageType, type SentFile } from './files.ts';

/** The largest image, in bytes and on each side: the least of what the providers take. */
export const imageBounds = { bytes: 10 * 2 ** 20, pixels: 6000 } as const;
/** An image tells its size within so many bytes, after its metadata. */
const headerBytes = 2 ** 20;

/** Why a file is not taken, as the end of a sentence that begins with its place. */
export class FileRefusal extends Error {
  override readonly name = 'FileRefusal';
}

/** The bytes of a file that was sent by value. Throws `FileRefusal`. */
export function sentBytes({ content, encoding }: SentFile): Buffer {
  if (encoding !== 'base64') return Buffer.from(content);
  const bytes = Buffer.from(content, 'base64');
  // The decoder skips what is not base64. Programs like base64 break its lines.
  const isWhole = withoutPadding(bytes.toString('base64')) === withoutPadding(content.replaceAll(/[\r\n]/g, ''));
  if (!isWhole) throw new FileRefusal('is not base64');
  return bytes;
}

function withoutPadding(text: string): string {
  return text.replace(/={1,2}$/, '');
}

/** The type of an image, by its content; null for text. Throws `FileRefusal`. */
export function imageTypeOf(content: Uint8Array): ImageType | null {
  if (isText(content)) return null;
  const found = imageDimensionsFromData(content.subarray(0, headerBytes));
  const type = imageTypes.find((known) => known === `image/${found?.type}`);
  if (found === undefined || type === undefined) {
    throw new FileRefusal('is binary: only text in UTF-8 and images (PNG, JPEG, WebP, GIF) are taken');
  }
  const { width, height } = found;
  const { bytes, pixels } = imageBounds;
  if (content.length > bytes) throw new FileRefusal(`is an image of ${content.length} bytes, more than ${bytes}`);
  if (Math.max(width, height) > pixels) {
    throw new FileRefusal(`is an image of ${width}×${height} pixels, more than ${pixels} on a side`);
  }
  if (Math.min(width, height) < 1) throw new FileRefusal('is an image without pixels');
  return type;
}
