/** `docs/architecture.md` names files and how they are connected: both are checked against the code. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemsOf, readWalks, type SourceFile } from './walks.ts';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

/** A file's text and the files of the repository that it imports. */
function read(file: string): SourceFile | null {
  const path = join(root, file);
  if (!existsSync(path)) return null;
  const source = readFileSync(path, 'utf8');
  const imports = [...source.matchAll(/(?:from|import) '(\.[^']+)'/g)].map(([, target = '']) =>
    relative(root, join(dirname(path), target)),
  );
  return { text: source, imports };
}

describe('docs/architecture.md', () => {
  const walks = readWalks(text);

  it('has the lives of a job, a turn, an item, a tool request, a tool step, a code step and an experiment, and five walks', () => {
    expect(walks.map(({ title }) => title)).toEqual([
      'The life of a job',
      'The life of a computer-use turn',
      'The life of a batch item',
      'The life of a tool request',
      'The life of a tool step',
      'The life of a code step',
      'The life of an experiment',
      "Walk: a form's value to the mail",
      'Walk: an action from the model to the page',
      'Walk: a batch item from CSV to results',
      'Walk: a limit from settings to activity options',
      'Walk: an approval from the page to the loop',
    ]);
  });

  it('names only files and folders that exist', () => {
    const named = [...text.matchAll(/`([\w-]+(?:\/[\w.-]+)+\/?|[\w-]+\/)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it.each(walks)('$title: each file leads to the next one as the document says', (walk) => {
    expect(walk.lines.length).toBeGreaterThan(8);
    expect(problemsOf(walk, read)).toEqual([]);
  });
});

describe('the check of a walk', () => {
  const files: Readonly<Record<string, SourceFile>> = {
    'a.ts': { imports: ['b.ts', 'shared.ts'], text: "runAi, store.jobs.find, new URL('./b.ts', import.meta.url)" },
    'b.ts': { imports: ['c.ts'], text: 'runAi' },
    'c.ts': { imports: ['shared.ts'], text: 'runAi' },
    'shared.ts': { imports: [], text: '' },
    'store/jobs/jobs.ts': { imports: [], text: '' },
    'store/store.ts': {
      imports: [],
      text: "import { createJobs, type Jobs } from './jobs/jobs.ts';\n{ jobs: createJobs(d) }",
    },
  };
  const problems = (...lines: readonly string[]): readonly string[] =>
    readWalks(['## Walk: test', ...lines].join('\n')).flatMap((walk) =>
      problemsOf(walk, (file) => files[file] ?? null),
    );

  it.each([
    ['an import', '2. `b.ts`: .'],
    ['a file in between', '2. (through `b.ts`) `c.ts`: .'],
    ['an activity', '2. (Temporal `runAi`) `c.ts`: .'],
    ['a port', '2. (port `runAi`) `c.ts`: .'],
    ['a part of the store', '2. (part `jobs`) `store/jobs/jobs.ts`: .'],
    ['a thread', '2. (thread) `b.ts`: .'],
    ['a caller, and an earlier line', '2. `b.ts`: .', '3. (caller) `a.ts`: .', '4. (from 2) `c.ts`: .'],
  ])('accepts %s', (_what, ...lines) => {
    expect(problems('1. `a.ts`: .', ...lines)).toEqual([]);
  });

  it.each([
    ['a file that does not exist', '2. `gone.ts`: .', 'gone.ts does not exist'],
    ['a file that is not imported', '2. `c.ts`: .', 'a.ts does not import c.ts'],
    ['a caller that does not import', '2. (caller) `c.ts`: .', 'c.ts does not import a.ts'],
    ['a file in between that does not lead on', '2. (through `shared.ts`) `c.ts`: .', 'shared.ts does not import c.ts'],
    ['a word that only one file has', '2. (Temporal `find`) `c.ts`: .', 'a.ts and c.ts do not both name find'],
    ['a port without a common file', '2. (port `n`) `store/store.ts`: .', 'a.ts and store/store.ts see no common file'],
    ['a part that is made elsewhere', '2. (part `jobs`) `c.ts`: .', 'c.ts does not use jobs'],
    ['a thread that is not started', '2. (thread) `c.ts`: .', 'a.ts does not start c.ts in a thread'],
    ['a way that is not known', '2. (somehow) `b.ts`: .', 'line 2 is reached in a way that cannot be read: somehow'],
    ['a way without its word', '2. (port) `b.ts`: .', 'line 2 is reached in a way that cannot be read: port'],
    ['a line that is not there', '2. (from 7) `b.ts`: .', 'line 2 is reached from line 7, which has no file'],
    ['a line without a file', '2. nothing here', 'line 2 names no file'],
    ['a number that is left out', '3. `b.ts`: .', 'line 2 has the number 3'],
  ])('refuses %s', (_what, line, problem) => {
    expect(problems('1. `a.ts`: .', line)).toContain(problem);
  });
});
