/** Which texts fit into a prompt's budget of tokens: the first groups before the others, so that none takes all of the room. */

/** Texts of one kind, the most important first. */
export interface TextGroup {
  readonly texts: readonly string[];
  /** The most that they may take together, of what the groups before have left. */
  readonly tokens: number;
}

/** Counts a text's tokens; null when it has more than `most`. */
type CountTokens = (text: string, most: number) => number | null;

/** The positions of the texts that fit, counted over all groups. */
export function fittingPositions(groups: readonly TextGroup[], tokens: number, count: CountTokens): number[] {
  let left = tokens;
  let first = 0;
  const fitting: number[] = [];
  for (const group of groups) {
    let leftOfGroup = group.tokens;
    for (const [index, text] of group.texts.entries()) {
      const counted = count(text, Math.min(left, leftOfGroup));
      if (counted === null) continue;
      left -= counted;
      leftOfGroup -= counted;
      fitting.push(first + index);
    }
    first += group.texts.length;
  }
  return fitting;
}
