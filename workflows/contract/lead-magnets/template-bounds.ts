/**
 * What a template may be and what filling one may take. Mustache looks for the end of a tag by an expression that takes the
 * square of the spaces before it, goes into sections by recursion, and repeats sections within sections without end.
 */
import Mustache from 'mustache';

/** Thrown for a template that cannot be used, or that makes too much of its data. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem';
}

const most = { tagCharacters: 300, tags: 5000, levels: 20, steps: 200_000, characters: 5_000_000 } as const;

/** Throws `TemplateProblem` for a template beyond the bounds; one pass, before Mustache sees it. */
export function checkTemplate(template: string): void {
  let level = 0;
  let tags = 0;
  for (let at = template.indexOf('{{'); at !== -1; at = template.indexOf('{{', at)) {
    const end = template.indexOf('}}', at);
    const text = template.slice(at + 2, end === -1 ? undefined : end).trimStart();
    if ((end === -1 ? template.length : end) - at > most.tagCharacters) {
      throw new TemplateProblem(`a tag has more than ${most.tagCharacters} characters: {{${text.slice(0, 30)}…`);
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

/** Fills templates, and counts what that takes. */
export class BoundedWriter extends Mustache.Writer {
  private steps = 0;
  private characters = 0;

  /** What was parsed before is kept, for all writers. */
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

  /** Values that are absent are not texts. */
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
