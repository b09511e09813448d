/** What was found out about a file while its rows were read, and what was wrong with them. */
import { maximumItemBytes } from '../../../store/batches/batch-items.ts';
import type { DelimiterName, TextEncoding } from '../../../workflows/contract/batches/table-format.ts';

export type RowFormat = 'csv' | 'jsonl';

interface RowProblem {
  /** As `line 3`. */
  readonly path: string;
  readonly message: string;
}

/** Thrown at the end of the rows, when some were wrong. */
export class WrongRows extends Error {
  override readonly name = 'WrongRows';
  readonly problems: readonly RowProblem[];

  constructor(problems: readonly RowProblem[], count: number) {
    super(count === 1 ? 'one row is wrong; nothing was stored' : `${count} rows are wrong; nothing was stored`);
    this.problems = problems;
  }
}

/** How many wrong rows, and how many remarks, are told; the others are counted. */
const maximumProblems = 20;
const maximumNotes = 5;

export const tooLarge = `is larger than ${maximumItemBytes / 1024} KiB; shorten it`;

/** Filled while the rows are read. */
export class Reading {
  encoding: TextEncoding | undefined;
  delimiter: DelimiterName | undefined;
  readonly problems: RowProblem[] = [];
  problemCount = 0;
  private readonly remarks: string[] = [];
  private remarkCount = 0;

  wrong(line: number, message: string): void {
    this.problemCount += 1;
    if (this.problems.length < maximumProblems) this.problems.push({ path: `line ${line}`, message });
  }

  /** What was read otherwise than it stands in the file, or guessed: the rows are taken, and it is told. */
  note(remark: string): void {
    this.remarkCount += 1;
    if (this.remarks.length < maximumNotes) this.remarks.push(remark);
  }

  get notes(): readonly string[] {
    const more = this.remarkCount - this.remarks.length;
    return more === 0 ? this.remarks : [...this.remarks, `and ${more} more of these`];
  }
}
