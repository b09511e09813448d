/** Finds the JSON that a model put between code fences, as in a chat. */
const fence = '```';
const opening = /^(?:json)?[ \t\r]{0,20}\n/;

/**
 * The first fenced block, found by searching its ends: a regular expression would take quadratic time for a long
 * answer.
 */
export function fencedBlock(text: string): string | undefined {
  for (let at = text.indexOf(fence); at !== -1; at = text.indexOf(fence, at + fence.length)) {
    const label = opening.exec(text.slice(at + fence.length, at + fence.length + 40))?.[0];
    if (label === undefined) continue;
    const start = at + fence.length + label.length;
    // Starts at the line end after the label, so that an empty block is found too.
    const end = text.indexOf(`\n${fence}`, start - 1);
    return end === -1 ? undefined : text.slice(start, end);
  }
  return undefined;
}
