/** Counted nouns in sentences. */

/** `1 item` and `2 items`; pass the plural when it does not just add an s. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
