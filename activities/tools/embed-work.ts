/** Chooses the texts that fit into a prompt, by counting their tokens, in a thread. */
import { isWithinTokenLimit } from 'gpt-tokenizer/encoding/o200k_base';
import { fittingPositions, type TextGroup } from './prompt-budget.ts';

export interface EmbedInput {
  readonly groups: readonly TextGroup[];
  readonly tokens: number;
}

/** Names of special tokens are text like any other. */
const plainText = { disallowedSpecial: new Set<string>() };

/** The positions of the texts that fit. Each count stops at the limit. */
export default function fittingTexts({ groups, tokens }: EmbedInput): number[] {
  return fittingPositions(groups, tokens, (text, most) => {
    // No token has more than 128 characters: a text beyond that cannot fit, and is not counted.
    if (text.length > most * 128) return null;
    const counted = isWithinTokenLimit(text, most, plainText);
    return counted === false ? null : counted;
  });
}
