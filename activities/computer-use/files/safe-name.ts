/** Makes the name of a page's file safe for file systems, headers, terminals and people. */

/** Common file systems allow 255 bytes for a name; a number is added when the name is taken. */
const mostBytes = 180;
/** A longer part after the last dot does not count as an extension. */
const mostEndingBytes = 20;

/**
 * Returns a name that is no path, contains no control characters, and does not hide its extension by text direction.
 */
export function safeFileName(name: string): string {
  const own = name.split(/[/\\]/).at(-1) ?? '';
  const safe = own
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^[._]+/, '');
  return safe === '' ? 'file' : shortened(safe);
}

/** Shortens by bytes, between characters, and keeps the extension. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= mostBytes) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && Buffer.byteLength(name.slice(dot)) <= mostEndingBytes ? name.slice(dot) : '';
  let left = mostBytes - Buffer.byteLength(ending);
  let kept = '';
  for (const character of name.slice(0, name.length - ending.length)) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    kept += character;
  }
  return kept + ending;
}
