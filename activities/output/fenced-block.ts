/** The JSON that a model put between fences, as it does in a chat. */
const fence = '```';
const opening = /^(?:json)?[ \t\r]{0,20}\n/;

/** The first fenced block; sought by its ends, since an expression for it would take the square of a long answer. */
export function fencedBlock(text: string): string | undefined {
  for (let at = text.indexOf(fence); at !== -1; at = text.indexOf(fence, at + fence.length)) {
    const label = opening.exec(text.slice(at + fence.length, at + fence.length + 40))?.[0];
    if (label === undefined) continue;
    const start = at + fence.length + label.length;
    // From the line end that closes the label, so that an empty block is one too.
    const end = text.indexOf(`\n${fence}`, start - 1);
    return end === -1 ? undefined : text.slice(start, end);
  }
  return undefined;
}
