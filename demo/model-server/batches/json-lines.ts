/** Files with one JSON value for each line. Each line is written at once: a killed process loses at most its last line. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export function appendJsonLine(path: string, value: unknown): void {
  appendFileSync(path, `${JSON.stringify(value)}\n`);
}

/** Returns nothing when the file does not exist. Ignores an incomplete last line, which a killed process may leave. */
export function readJsonLines(path: string): readonly unknown[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line));
}
