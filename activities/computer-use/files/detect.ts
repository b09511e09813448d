/**
 * Tells by its content what a file is: what a server or a page says of it proves nothing. Run in a thread, because the
 * content is a stranger's.
 */
import { fileTypeFromBuffer } from 'file-type';

/** What a file is. */
export interface DetectedType {
  readonly mediaType: string;
  /** For people, like PDF. */
  readonly label: string;
}

export default async function detect(content: Uint8Array): Promise<DetectedType> {
  const found = await fileTypeFromBuffer(content).catch(() => undefined);
  if (found !== undefined) return { mediaType: found.mime, label: found.ext.toUpperCase() };
  if (content.byteLength > 0 && isText(content)) return { mediaType: 'text/plain', label: 'text' };
  return { mediaType: 'application/octet-stream', label: 'of no known type' };
}

/** Pages, scripts and tables are text as well: they are never shown as what they could be run as. */
function isText(content: Uint8Array): boolean {
  if (content.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}
