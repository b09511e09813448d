/**
 * Limits on templates and on filling them. Mustache searches for the end of a tag with a regular expression that takes
 * quadratic time in the spaces before it, descends into sections by recursion, and repeats nested sections without
 * limit.
 */
import Mustache from 'mustache';
import { cutText } from '../cut-text.ts';

/** Thrown for a template that cannot be used, or whose result is too large for its data. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem';
}

const most = { tagCharacters: 300, tags: 5000, levels: 20, steps: 200_000, characters: 5_000_000 } as const;

/**
 * Throws `TemplateProblem` for a template beyond the limits. It makes one pass, before Mustache parses the template.
 */
export function checkTemplate(template: string): void {
  let level = 0;
  let tags = 0;
  for (let at = template.indexOf('{{'); at !== -1; at = template.indexOf('{{', at)) {
    const end = template.indexOf('}}', at);
    const text = template.slice(at + 2, end === -1 ? undefined : end).trimStart();
    if ((end === -1 ? template.length : end) - at > most.tagCharacters) {
      throw new TemplateProblem(`a tag has more than ${most.tagCharacters} characters: {{${cutText(text, 30)}…`);
    }
    if (text.startsWith('=')) throw new TemplateProblem('other delimiters than {{ and }} are not supported');
    if (text.startsWith('#') || text.startsWith('^')) level += 1;
    if (text.startsWith('/')) level -= 1;
    if (level > most.levels) throw new TemplateProblem(`sections are nested more than ${most.levels} deep`);
    tags += 1;
    if (tags > most.tags) throw new TemplateProblem(`has more than ${most.tags} tags; use a section over a list`);
    if (end === -1) return;
    at = end + 2;
  }
}

/** Fills templates, and counts the steps that this takes. */
export class BoundedWriter extends Mustache.Writer {
  private steps = 0;
  private characters = 0;

  /** Parsed templates are cached for all writers. */
  override parse(template: string): ReturnType<Mustache.Writer['parse']> {
    return Mustache.parse(template);
  }

  override renderTokens(...parts: Parameters<Mustache.Writer['renderTokens']>): string {
    this.take(1 + parts[0].length, 0);
    return super.renderTokens(...parts);
  }

  override escapedValue(...parts: Parameters<Mustache.Writer['escapedValue']>): string {
    return this.counted(super.escapedValue(...parts));
  }

  override unescapedValue(...parts: Parameters<Mustache.Writer['unescapedValue']>): string {
    return this.counted(super.unescapedValue(...parts));
  }

  override rawValue(...parts: Parameters<Mustache.Writer['rawValue']>): string {
    return this.counted(super.rawValue(...parts));
  }

  /** Absent values are not texts. */
  private counted(value: unknown): string {
    const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
    this.take(1, text.length);
    return text;
  }

  private take(steps: number, characters: number): void {
    this.steps += steps;
    this.characters += characters;
    if (this.steps > most.steps) throw new TemplateProblem(`takes more than ${most.steps} steps with this data`);
    if (this.characters > most.characters) {
      throw new TemplateProblem(`makes more than ${most.characters} characters of this data`);
    }
  }
}
