/** Judges the content of a file that a tool is given: text in UTF-8 passes, anything else is refused. */

export interface IntakeFile {
  readonly name: string;
  readonly content: Uint8Array;
}

export function isText(content: Uint8Array): boolean {
  if (content.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}
