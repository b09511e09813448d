/** Numbers of things in sentences. */

/** As `1 item` and `2 items`; a plural that is more than an s is given. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
