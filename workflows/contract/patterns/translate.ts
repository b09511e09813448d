/**
 * Patterns use the syntax of browsers (JavaScript, `u` flag) and run on RE2, whose syntax differs: equivalent
 * constructs are rewritten, and what RE2 does not support is refused with how to fix it. It also measures the pattern's
 * size after its repetitions are expanded, since that decides the cost of matching.
 */

/** Thrown for a pattern that cannot be used; the message is the end of a sentence that begins with the pattern. */
export class PatternProblem extends Error {
  override readonly name = 'PatternProblem';
}

const spaces = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
const noSpaces = String.raw`\x{0}-\x{8}\x{e}-\x{1f}!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`;
const anyButLineEnd = String.raw`[^\n\r\x{2028}\x{2029}]`;
const anything = String.raw`[\x{0}-\x{10ffff}]`;
const nothing = String.raw`[^\x{0}-\x{10ffff}]`;

/** JavaScript's long names of categories; RE2 knows the short ones. */
const categories: Readonly<Record<string, string>> = {
  Letter: 'L',
  Uppercase_Letter: 'Lu',
  Lowercase_Letter: 'Ll',
  Titlecase_Letter: 'Lt',
  Modifier_Letter: 'Lm',
  Other_Letter: 'Lo',
  Mark: 'M',
  Number: 'N',
  Decimal_Number: 'Nd',
  Letter_Number: 'Nl',
  Other_Number: 'No',
  Punctuation: 'P',
  Symbol: 'S',
  Currency_Symbol: 'Sc',
  Math_Symbol: 'Sm',
  Separator: 'Z',
  Space_Separator: 'Zs',
};

const token =
  /\\u\{[0-9a-fA-F]+\}|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\c[a-zA-Z]|\\[pP]\{[^}]{1,60}\}|\\k<|\\.|\(\?<?[=!]|\(\?:|\(\?<|\(\?|\[\^?\]?|\{\d+(?:,\d*)?\}|[^]/gsu;

/** The pattern in RE2's syntax, and its size with expanded repetitions. Throws `PatternProblem`. */
export function translate(pattern: string): { readonly source: string; readonly size: number } {
  const size = createSize();
  let source = '';
  let inClass = false;
  for (const [part] of pattern.matchAll(token)) {
    if (inClass) {
      // An empty class, and a closing bracket, were handled with the opening bracket.
      source += part.startsWith('[') ? String.raw`\[` + part.slice(1) : insideClass(part);
      if (part.endsWith(']') && !part.startsWith('\\')) inClass = false;
      continue;
    }
    inClass = part === '[' || part === '[^';
    source += outsideClass(part);
    size.add(part);
  }
  return { source, size: size.total() };
}

function outsideClass(part: string): string {
  switch (part) {
    case '.':
      return anyButLineEnd;
    case '[]':
      return nothing;
    case '[^]':
      return anything;
    case String.raw`\s`:
      return `[${spaces}]`;
    case String.raw`\S`:
      return `[^${spaces}]`;
    case '(?=':
    case '(?!':
    case '(?<=':
    case '(?<!':
      throw new PatternProblem(
        `looks ahead or behind with ${part}…), which cannot be checked in bounded time: write what is allowed instead of what is not, or use minLength and maxLength`,
      );
    case '(?':
      throw new PatternProblem('sets flags within a group, which is not supported: write [Aa] for either case');
    default:
      return escaped(part);
  }
}

function insideClass(part: string): string {
  switch (part) {
    case String.raw`\s`:
      return spaces;
    case String.raw`\S`:
      return noSpaces;
    case String.raw`\b`:
      return String.raw`\x{8}`;
    default:
      return escaped(part);
  }
}

function escaped(part: string): string {
  if (!part.startsWith('\\')) return part;
  const kind = part[1] ?? '';
  if (kind === 'k' || /[1-9]/.test(kind)) {
    throw new PatternProblem(
      `refers back to a group with ${part.slice(0, 2)}, which cannot be checked in bounded time: write the alternatives out`,
    );
  }
  if (kind === 'u' || kind === 'x') return character(part);
  if (kind === 'c') return `\\x{${(part.charCodeAt(2) % 32).toString(16)}}`;
  if (kind === '0') return String.raw`\x{0}`;
  if (kind === 'p' || kind === 'P') return property(kind, part.slice(3, -1));
  return part;
}

/** A character by its number; the two halves of a surrogate pair are one. */
function character(part: string): string {
  const numbers = part.match(/[0-9a-fA-F]{2,}|\{[0-9a-fA-F]\}/g)?.map((digits) => digits.replaceAll(/[{}]/g, '')) ?? [];
  const [first = '', second] = numbers;
  if (second === undefined) return `\\x{${first}}`;
  const codePoint = String.fromCharCode(Number.parseInt(first, 16), Number.parseInt(second, 16)).codePointAt(0);
  return `\\x{${codePoint?.toString(16)}}`;
}

function property(kind: string, name: string): string {
  const value = name.replace(/^(?:General_Category|gc|Script|sc)=/, '');
  return `\\${kind}{${categories[value] ?? value}}`;
}

/** Adds up the parts between brackets, and multiplies the sum for a repetition. */
function createSize(): { add(part: string): void; total(): number } {
  const open: { sum: number; last: number }[] = [{ sum: 0, last: 0 }];
  const take = (cost: number): void => {
    const level = open.at(-1);
    if (level === undefined) return;
    level.sum += cost;
    level.last = cost;
  };
  return {
    add(part) {
      const level = open.at(-1);
      const times = /^\{(\d+)(?:,(\d*))?\}$/.exec(part);
      if (times !== null && level !== undefined) {
        const most = Math.max(Number(times[1]), Number(times[2] ?? 0), 1);
        level.sum += level.last * (most - 1);
        level.last *= most;
      } else if (part.startsWith('(')) {
        open.push({ sum: 2, last: 0 });
      } else if (part === ')' && open.length > 1) {
        take(open.pop()?.sum ?? 0);
      } else {
        take(1);
      }
    },
    total: () => open.reduce((sum, level) => sum + level.sum, 0),
  };
}
