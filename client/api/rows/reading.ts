/** What was detected about a file while its rows were read, and the errors in them. */
import { maximumItemBytes } from '../../../store/batches/items/batch-items.ts';
import type { DelimiterName, TextEncoding } from '../../../workflows/contract/batches/table-format.ts';

export type RowFormat = 'csv' | 'jsonl';

interface RowProblem {
  /** A place, as `line 3`. */
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

/** How many wrong rows, and how many remarks, are reported; the others are counted. */
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

  /** What was changed or guessed while reading: the rows are accepted, and this is reported. */
  note(remark: string): void {
    this.remarkCount += 1;
    if (this.remarks.length < maximumNotes) this.remarks.push(remark);
  }

  get notes(): readonly string[] {
    const more = this.remarkCount - this.remarks.length;
    return more === 0 ? this.remarks : [...this.remarks, `and ${more} more of these`];
  }
}
