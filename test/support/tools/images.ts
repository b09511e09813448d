/** Small images of each kind that models take. */
import { encode as encodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';

export function pngOf(width: number, height: number, shade = 200): Buffer {
  const png = new PNG({ width, height });
  png.data.fill(shade);
  return PNG.sync.write(png);
}

export const images: Readonly<Record<'png' | 'jpeg' | 'gif' | 'webp', Buffer>> = {
  png: pngOf(4, 3),
  jpeg: encodeJpeg({ width: 4, height: 3, data: Buffer.alloc(48, 200) }).data,
  gif: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
  webp: Buffer.from('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA', 'base64'),
};
