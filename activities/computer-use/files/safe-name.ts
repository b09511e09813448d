/** The name of a file that came from a page, as files, headers, terminals and people can take it. */

/** A file's name may have 255 bytes on the usual file systems; a number is added to one that is taken. */
const mostBytes = 180;
/** What is longer after the last dot is no ending. */
const mostEndingBytes = 20;

/** A name that is no path, holds nothing that steers a terminal or a header, and hides no ending by its direction. */
export function safeFileName(name: string): string {
  const own = name.split(/[/\\]/).at(-1) ?? '';
  const safe = own
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^[._]+/, '');
  return safe === '' ? 'file' : shortened(safe);
}

/** By bytes, between characters; the ending stays. */
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
