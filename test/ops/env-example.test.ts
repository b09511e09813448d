import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { envExample, envExamplePath } from '../../demo/env-example.ts';

it('.env.example is what the settings’ schemas say', async () => {
  expect(await readFile(envExamplePath, 'utf8')).toBe(envExample());
});
