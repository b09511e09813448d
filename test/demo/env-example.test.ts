import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { envExample, envExamplePath } from '../../demo/env-example.ts';
import { interpolated } from '../ops/compose-file.ts';

const text = await readFile(envExamplePath, 'utf8');

it('T11: .env.example is generated from the one schema of the settings', () => {
  expect(text).toBe(envExample());
});

it('.env.example sets nothing and holds no secret until somebody edits a copy', () => {
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  for (const name of [
    'OPENAI_API_KEY',
    'TEMPORAL_API_KEY',
    'LODESTONE_SMTP_URL',
    'LODESTONE_DATABASE_URL',
    'LODESTONE_SECRET_CRM',
  ]) {
    expect(text).toContain(`\n# ${name}=\n`);
  }
});

it('.env.example lists every variable that docker-compose.yml takes from it', () => {
  for (const name of interpolated) expect(text).toContain(`\n# ${name}=`);
});
