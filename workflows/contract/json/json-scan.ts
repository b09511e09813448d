/**
 * Finds what parsing a JSON text would hide: numbers that are rounded, fields that are named twice, characters that
 * databases and models refuse. It makes one pass over a valid text without recursion, so that no depth breaks it.
 */
import { characterProblem } from '../text-characters.ts';
import { shortenText } from '../cut-text.ts';

export interface JsonFlaw {
  /** A path such as `customer.tags[2]`; empty for the whole text. */
  readonly path: string;
  /** The problem and how to fix it, as a sentence without its subject. */
  readonly message: string;
}

/** An integer with more digits than a number can hold, and its place. */
interface LargeInteger {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

export interface JsonScan {
  readonly flaws: readonly JsonFlaw[];
  readonly largeIntegers: readonly LargeInteger[];
}

/** The maximum nesting depth. */
const maximumDepth = 64;
/** Flaws that are reported for one text. */
const maximumFlaws = 5;

/** Scans a text that `JSON.parse` accepts. */
export function scanJson(text: string): JsonScan {
  return new Scan(text).run();
}

/** An object with the names seen so far, or a list with the current index. */
type Level =
  | { readonly kind: 'object'; readonly names: Set<string>; name: string; expectsName: boolean }
  | { readonly kind: 'list'; index: number };

const numberLiteral = /[-+.\deE]+/y;
/** A literal of at most this length without an exponent needs no check for precision. */
const exactLength = 15;
/** Large integers whose places are recorded; recording more would only cost time. */
const placedIntegers = 100;

class Scan implements JsonScan {
  readonly flaws: JsonFlaw[] = [];
  readonly largeIntegers: LargeInteger[] = [];
  private readonly levels: Level[] = [];
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  run(): JsonScan {
    while (this.at < this.text.length && this.flaws.length < maximumFlaws) this.step();
    return this;
  }

  private step(): void {
    const character = this.text[this.at] ?? '';
    if (character === '"') return this.string();
    if (character === '-' || (character >= '0' && character <= '9')) return this.number();
    this.at += 1;
    if (character === '{') this.open({ kind: 'object', names: new Set(), name: '', expectsName: true });
    else if (character === '[') this.open({ kind: 'list', index: 0 });
    else if (character === '}' || character === ']') this.levels.pop();
    else if (character === ',') this.next();
  }

  private open(level: Level): void {
    if (this.levels.length < maximumDepth) {
      this.levels.push(level);
      return;
    }
    this.flaws.push({ path: '', message: `nests deeper than ${maximumDepth} levels; make it flatter` });
    this.at = this.text.length;
  }

  private next(): void {
    const level = this.levels.at(-1);
    if (level?.kind === 'object') level.expectsName = true;
    else if (level?.kind === 'list') level.index += 1;
  }

  private string(): void {
    const to = endOfString(this.text, this.at);
    const content = contentOf(this.text.slice(this.at, to));
    this.at = to;
    const level = this.levels.at(-1);
    if (level?.kind !== 'object' || !level.expectsName) return this.addFlaw(characterProblem(content));
    const isKnown = level.names.has(content);
    level.names.add(content);
    level.name = content;
    level.expectsName = false;
    if (content === '__proto__') this.addFlaw('has a name that is not taken; rename it');
    else this.addFlaw(isKnown ? 'is named twice; remove one' : characterProblem(content));
  }

  private number(): void {
    numberLiteral.lastIndex = this.at;
    const [literal = '-'] = numberLiteral.exec(this.text) ?? [];
    const from = this.at;
    this.at += literal.length;
    if (literal.length <= exactLength && !/e/i.test(literal)) return;
    const problem = rangeProblem(literal);
    if (problem !== undefined) return this.addFlaw(problem);
    if (!isRounded(literal)) return;
    const path = this.largeIntegers.length < placedIntegers ? pathOf(this.levels) : '';
    this.largeIntegers.push({ path, from, to: this.at });
  }

  private addFlaw(message: string | undefined): void {
    if (message !== undefined) this.flaws.push({ path: pathOf(this.levels), message });
  }
}

/** The index after the closing quote of a string. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return text.length;
}

function contentOf(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  const content: unknown = JSON.parse(literal);
  return String(content);
}

function rangeProblem(literal: string): string | undefined {
  const value = Number(literal);
  if (!Number.isFinite(value)) return `is ${shown(literal)}, beyond the range of numbers (1.8e308); write it in quotes`;
  const isZero = /^-?[0.]+(?:[eE]|$)/.test(literal);
  if (value === 0 && !isZero) return `is ${shown(literal)}, too small for a number (5e-324); write it in quotes`;
  return undefined;
}

/** Whether an integer has digits that a number would lose. */
export function isRounded(literal: string): boolean {
  return !/[.eE]/.test(literal) && !Number.isSafeInteger(Number(literal));
}

const shownCharacters = 40;

/** An excerpt of the text, short enough for a sentence. */
function shown(part: string): string {
  return shortenText(part, shownCharacters);
}

function pathOf(levels: readonly Level[]): string {
  const parts = levels.map((level) => (level.kind === 'list' ? `[${level.index}]` : `.${shown(level.name)}`));
  return parts.join('').replace(/^\./, '');
}
