/**
 * The one engine for untrusted regular expressions: RE2, which takes linear time in the text, whatever the pattern. A
 * pattern is checked when a definition is saved, and compiled when it is used. Not for the workflow sandbox.
 */
import { RE2JS } from 're2js';
import { PatternProblem, translate } from './translate.ts';

/** The maximum length of a pattern. */
const mostCharacters = 1000;
/** Parts of a pattern after its repetitions are expanded: each may cost one step for each character of a text. */
const mostParts = 1000;
/** Steps to compile a part. */
const compilingAPart = 300;
/** Compiled patterns in the cache; the oldest is dropped. */
const mostKept = 200;

export interface LinearPattern {
  /** Steps that a character of a text may cost. */
  readonly size: number;
  /** Whether the pattern occurs anywhere in the text. */
  readonly test: (text: string) => boolean;
  /** Whether the pattern matches the whole text. */
  readonly testWhole: (text: string) => boolean;
}

const kept = new Map<string, LinearPattern>();

/** Compiles a pattern. Throws `PatternProblem` when it is too large, invalid, or needs more than RE2 supports. */
export function linearPattern(pattern: string): LinearPattern {
  const known = kept.get(pattern);
  if (known !== undefined) return known;
  const compiled = compile(pattern);
  kept.set(pattern, compiled);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  return compiled;
}

/** Steps for one character; none for a pattern that cannot be used. */
export function patternSize(pattern: string): number {
  try {
    const { size } = translate(pattern);
    return size > mostParts ? 0 : size;
  } catch {
    return 0;
  }
}

/** The maximum number of steps to match a pattern against this many characters, including its compilation. */
export function stepsOf(pattern: string, characters: number): number {
  const known = kept.get(pattern);
  if (known !== undefined) return known.size * characters;
  return patternSize(pattern) * (characters + compilingAPart);
}

/** Why a pattern cannot be used, as the end of a sentence; undefined when it can. */
export function patternProblem(pattern: string): string | undefined {
  try {
    linearPattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof PatternProblem) return error.message;
    throw error;
  }
}

function compile(pattern: string): LinearPattern {
  if (pattern.length > mostCharacters) {
    throw new PatternProblem(`has ${pattern.length} characters; at most ${mostCharacters} are allowed`);
  }
  refuseWhatIsNone(pattern);
  const { source, size } = translate(pattern);
  if (size > mostParts) {
    throw new PatternProblem(
      `has ${size} parts with its repetitions written out; at most ${mostParts} are allowed: repeat less, or use maxLength`,
    );
  }
  const engine = engineOf(source);
  return { size, test: (text) => engine.test(text), testWhole: (text) => engine.testExact(text) };
}

/** JavaScript's own parser decides whether it is a pattern at all; it is not run. */
function refuseWhatIsNone(pattern: string): void {
  try {
    RegExp(pattern, 'u');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new PatternProblem(`is not a regular expression: ${message.replace(/^Invalid regular expression: /, '')}`);
  }
}

function engineOf(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new PatternProblem(`is not supported: ${message}; write it another way`);
  }
}
