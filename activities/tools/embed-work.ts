/** Chooses the files that fit into a prompt, by counting their tokens, in a thread. */
import { isWithinTokenLimit } from 'gpt-tokenizer/encoding/o200k_base';

export interface EmbedInput {
  readonly texts: readonly string[];
  readonly tokens: number;
}

/** Names of special tokens are text like any other. */
const plainText = { disallowedSpecial: new Set<string>() };

/** The positions of the texts that fit together, the first before the others. Each count stops at the limit. */
export default function fittingTexts({ texts, tokens }: EmbedInput): number[] {
  let left = tokens;
  return texts.flatMap((text, index) => {
    // No token has more than 128 characters: a text beyond that cannot fit, and is not counted.
    if (text.length > left * 128) return [];
    const counted = isWithinTokenLimit(text, left, plainText);
    if (counted === false) return [];
    left -= counted;
    return [index];
  });
}
