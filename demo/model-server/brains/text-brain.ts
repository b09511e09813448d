/**
 * Answers requests without a computer tool, only from the data in the request. It fills the fields of a schema by their
 * names. Without a schema it answers with a text about the data.
 */
import type { Brain, BrainAnswer, Turn } from './brain.ts';
import { findFacts, type FoundFacts } from './found-facts.ts';
import type { Json } from '../http/json.ts';
import { prose } from './prose.ts';
import { fillSchema } from './schema-filling.ts';

export const textBrain: Brain = {
  answer(turn: Turn): BrainAnswer {
    const shown = turn.screenshot;
    const seen = shown === null ? '' : `\nI was shown a picture of ${shown.width}×${shown.height} pixels.`;
    const found = findFacts([...turn.allTexts, turn.instructions ?? '']);
    const said = turn.allTexts.join('\n');
    if (turn.outputSchema !== null) {
      const facts: Json = found.length === 0 ? said : byTitle(found);
      const findings = found.filter((facts) => !isForm(facts));
      const subject = findings.length === 0 ? facts : (only(findings)?.value ?? byTitle(findings));
      return { kind: 'text', text: JSON.stringify(fillSchema(turn.outputSchema, facts, subject)) };
    }
    if (found.length === 0) return { kind: 'text', text: `I was sent no data, only this: ${prose(said)}${seen}` };
    const lines = found.map(({ title, value }) => `- ${title === null ? '' : `${title}: `}${prose(value)}`);
    return { kind: 'text', text: `${['What I was sent says:', ...lines].join('\n')}${seen}` };
  },
};

/** Puts the visitor's form values last, because the findings of steps contain more. */
function byTitle(found: readonly FoundFacts[]): Json {
  const ordered = [...found.filter((facts) => !isForm(facts)), ...found.filter(isForm)];
  return Object.fromEntries(ordered.map(({ title, value }, index) => [title ?? `data ${index + 1}`, value]));
}

function only(found: readonly FoundFacts[]): FoundFacts | undefined {
  return found.length === 1 ? found[0] : undefined;
}

/** Form values of a visitor are not findings. */
function isForm({ title }: FoundFacts): boolean {
  return /\bform\b/i.test(title ?? '');
}
