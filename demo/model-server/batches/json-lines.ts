/** Files of one JSON value a line. Each line is written at once, so that a process that is killed loses at most its last. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export function appendJsonLine(path: string, value: unknown): void {
  appendFileSync(path, `${JSON.stringify(value)}\n`);
}

/** Empty when there is no such file. What follows the last line's end was cut by a kill, and is left out. */
export function readJsonLines(path: string): readonly unknown[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.filter((line) => line !== '').map((line): unknown => JSON.parse(line));
}
