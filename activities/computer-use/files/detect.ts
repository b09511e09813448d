/**
 * Detects a file's type from its content, because what a server or a page claims proves nothing. Runs in a thread,
 * because the content is hostile.
 */
import { fileTypeFromBuffer } from 'file-type';
import { isText } from '../../../workflows/contract/text-content.ts';

/** The detected type. */
export interface DetectedType {
  readonly mediaType: string;
  /** The type's name for people, such as PDF. */
  readonly label: string;
}

export default async function detect(content: Uint8Array): Promise<DetectedType> {
  const found = await fileTypeFromBuffer(content).catch(() => undefined);
  if (found !== undefined) return { mediaType: found.mime, label: found.ext.toUpperCase() };
  // HTML, scripts and tables count as plain text: they are never served as a type that could be executed.
  if (content.byteLength > 0 && isText(content)) return { mediaType: 'text/plain', label: 'text' };
  return { mediaType: 'application/octet-stream', label: 'of no known type' };
}
