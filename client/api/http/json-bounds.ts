/** Bounds of a JSON text, found in one pass before it is parsed: parsers and checks descend by recursion, and visit each value. */

const mostLevels = 100;
const mostValues = 50_000;

/** What is beyond the bounds, as a sentence about the body; null when nothing is. */
export function jsonBoundsProblem(text: string): string | null {
  let level = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') at = endOfString(text, at);
    else if (letter === '[' || letter === '{') level += 1;
    else if (letter === ']' || letter === '}') level -= 1;
    else if (letter === ',') values += 1;
    if (level > mostLevels) return `the body is nested more than ${mostLevels} deep`;
    if (values > mostValues) return `the body has more than ${mostValues} values`;
  }
  return null;
}

function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
