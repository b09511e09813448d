/**
 * Answers a request that has no computer: out of the data that it was sent, and of nothing else. The fields of a schema
 * are filled by their names; without a schema the answer says in words what was found.
 */
import type { Brain, BrainAnswer, Turn } from './brain.ts';
import { findFacts, type FoundFacts } from './found-facts.ts';
import type { Json } from './json.ts';
import { prose } from './prose.ts';
import { fillSchema } from './schema-filling.ts';

export const textBrain: Brain = {
  answer(turn: Turn): BrainAnswer {
    const found = findFacts([...turn.allTexts, turn.instructions ?? '']);
    const said = turn.allTexts.join('\n');
    if (turn.outputSchema !== null) {
      const facts: Json = found.length === 0 ? said : byWeight(found).map(({ value }) => value);
      return { kind: 'text', text: JSON.stringify(fillSchema(turn.outputSchema, facts)) };
    }
    if (found.length === 0) return { kind: 'text', text: `I was sent no data, only this: ${prose(said)}` };
    const lines = byWeight(found).map(({ title, value }) => `- ${title === null ? '' : `${title}: `}${prose(value)}`);
    return { kind: 'text', text: ['What I was sent says:', ...lines].join('\n') };
  },
};

/** What the visitor filled in comes last: what steps found out about a thing is more than what was asked about it. */
function byWeight(found: readonly FoundFacts[]): readonly FoundFacts[] {
  return [...found.filter((facts) => !isForm(facts)), ...found.filter(isForm)];
}

function isForm({ title }: FoundFacts): boolean {
  return /\bform\b/i.test(title ?? '');
}
