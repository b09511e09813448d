/** Counts what reaches SQLite while a test runs something: statements, and commits, those of single writes among them. */
import { StatementSync } from 'node:sqlite';
import { onTestFinished, vi } from 'vitest';

export interface CountedStatements {
  /** In order; without those that begin and end transactions. */
  readonly statements: readonly string[];
  readonly commits: number;
}

const reading = /^\s*select\b/i;

/** Notes what every store of this process sends from now on; `count` says what that was. */
export function countStatements(): { readonly count: () => CountedStatements } {
  const spies = [vi.spyOn(StatementSync.prototype, 'run'), vi.spyOn(StatementSync.prototype, 'all')];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return {
    count() {
      const calls = spies.flatMap(({ mock }) =>
        mock.contexts.map((statement: unknown, index) => ({
          sql: statement instanceof StatementSync ? statement.sourceSQL : '',
          order: mock.invocationCallOrder[index] ?? 0,
        })),
      );
      return countIn(calls.toSorted((one, other) => one.order - other.order).map(({ sql }) => sql));
    },
  };
}

function countIn(all: readonly string[]): CountedStatements {
  const statements: string[] = [];
  let commits = 0;
  let isOpen = false;
  for (const sql of all) {
    if (sql.startsWith('begin')) {
      isOpen = true;
    } else if (sql === 'commit' || sql === 'rollback') {
      isOpen = false;
      if (sql === 'commit') commits += 1;
    } else {
      statements.push(sql);
      if (!isOpen && !reading.test(sql)) commits += 1;
    }
  }
  return { statements, commits };
}
