/**
 * Answers a request that has no computer: out of the data that it was sent, and of nothing else. The fields of a schema
 * are filled by their names; without a schema the answer says in words what was found.
 */
import type { Brain, BrainAnswer, Turn } from './brain.ts';
import { findFacts, type FoundFacts } from './found-facts.ts';
import type { Json } from '../http/json.ts';
import { prose } from './prose.ts';
import { fillSchema } from './schema-filling.ts';

export const textBrain: Brain = {
  answer(turn: Turn): BrainAnswer {
    const found = findFacts([...turn.allTexts, turn.instructions ?? '']);
    const said = turn.allTexts.join('\n');
    if (turn.outputSchema !== null) {
      const facts: Json = found.length === 0 ? said : byTitle(found);
      const findings = found.filter((facts) => !isForm(facts));
      const subject = findings.length === 0 ? facts : (only(findings)?.value ?? byTitle(findings));
      return { kind: 'text', text: JSON.stringify(fillSchema(turn.outputSchema, facts, subject)) };
    }
    if (found.length === 0) return { kind: 'text', text: `I was sent no data, only this: ${prose(said)}` };
    const lines = found.map(({ title, value }) => `- ${title === null ? '' : `${title}: `}${prose(value)}`);
    return { kind: 'text', text: ['What I was sent says:', ...lines].join('\n') };
  },
};

/** What the visitor filled in comes last: what steps found out about a thing is more than what was asked about it. */
function byTitle(found: readonly FoundFacts[]): Json {
  const ordered = [...found.filter((facts) => !isForm(facts)), ...found.filter(isForm)];
  return Object.fromEntries(ordered.map(({ title, value }, index) => [title ?? `data ${index + 1}`, value]));
}

function only(found: readonly FoundFacts[]): FoundFacts | undefined {
  return found.length === 1 ? found[0] : undefined;
}

/** The words of the form, as they come from a visitor, are no findings. */
function isForm({ title }: FoundFacts): boolean {
  return /\bform\b/i.test(title ?? '');
}
