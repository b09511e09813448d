/** `docs/requirements.md` has one row for each requirement, and names tests that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const rows = [
  ...readFileSync(join(root, 'docs/requirements.md'), 'utf8').matchAll(/^\| (?<id>[A-Z]\d\d) \|(?<rest>.*)$/gm),
].map(({ groups = {} }) => ({ id: groups['id'] ?? '', rest: groups['rest'] ?? '' }));

test('no requirement has two rows, which could contradict each other', () => {
  const ids = rows.map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(50);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test('each test that a row names is there', () => {
  const named = rows.flatMap(({ rest }) => [...rest.matchAll(/`(?<path>test\/[^`]+)`/g)]);
  const paths = named.map(({ groups = {} }) => groups['path'] ?? '');
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
