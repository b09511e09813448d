/** JSON from a server that may not be Lodestone's: what cannot be parsed is `undefined`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
