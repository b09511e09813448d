/** The Dockerfile as tests look at it: its instructions, one a line, and the settings that the image fixes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './compose-file.ts';

/** Without comments, with continued lines joined. */
export const instructions: readonly string[] = (await readFile(join(root, 'Dockerfile'), 'utf8'))
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join('\n')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '');

export function argumentsOf(instruction: string): readonly string[] {
  const start = `${instruction} `;
  return instructions.flatMap((line) => (line.startsWith(start) ? [line.slice(start.length)] : []));
}

/** Settings that no .env changes in a container. */
export const imageEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  argumentsOf('ENV').flatMap((line) =>
    [...line.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)].map(([, name = '', quoted, plain = '']) => [
      name,
      quoted ?? plain,
    ]),
  ),
);
