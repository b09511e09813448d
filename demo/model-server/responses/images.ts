/** Decodes the pictures of requests. Throws the API's error for a picture that cannot be decoded. */
import { createHash } from 'node:crypto';
import { imageDimensionsFromData } from 'image-dimensions';
import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { invalidRequest } from '../http/api-error.ts';
import type { Screenshot } from '../brains/brain.ts';

const dataUrl = /^data:image\/(png|jpe?g|webp|gif);base64,([A-Za-z0-9+/]+={0,2})$/;

export function decodeImage(url: string, param: string): Screenshot {
  if (/^https?:/.test(url)) {
    throw invalidRequest('Failed to download image: this stand-in fetches nothing.', param, 'failed_to_download_image');
  }
  const match = dataUrl.exec(url);
  const format = match?.[1];
  const encoded = match?.[2];
  if (format === undefined || encoded === undefined) {
    const example = "(e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=')";
    const message = `Invalid '${param}'. Expected a base64-encoded data URL with an image MIME type ${example}, PNG, JPEG, WebP or GIF.`;
    throw invalidRequest(message, param, 'invalid_value');
  }
  const bytes = Buffer.from(encoded, 'base64');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ...decodeBytes(bytes, format, param), sha256 };
}

function decodeBytes(bytes: Buffer, format: string, param: string): Omit<Screenshot, 'sha256'> {
  try {
    if (format === 'webp' || format === 'gif') return sizeOf(bytes);
    const { width, height, data } =
      format === 'png' ? PNG.sync.read(bytes) : decodeJpeg(bytes, { useTArray: true, tolerantDecoding: false });
    return { width, height, data };
  } catch {
    const message =
      "The image data you provided does not represent a valid image. Please check your input and try again with one of the following image formats: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'].";
    throw invalidRequest(message, param, 'image_parse_error');
  }
}

/** No brain looks at the pixels of these formats: screenshots have none of them. */
function sizeOf(bytes: Buffer): Omit<Screenshot, 'sha256'> {
  const size = imageDimensionsFromData(bytes);
  if (size === undefined) throw new Error('no image');
  return { width: size.width, height: size.height, data: new Uint8Array() };
}
