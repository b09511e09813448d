/** Options for the delimiter and encoding of a file of items, and the message that says how the API read the file. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  delimiterNames,
  delimiters,
  describeFormat,
  textEncodings,
  type DelimiterName,
  type TableFormat,
} from '../../../workflows/contract/batches/table-format.ts';
import { say } from '../output.ts';

export function tableOptions(command: Command): Command {
  return command
    .option(
      '--delimiter <name>',
      `the delimiter between columns: ${delimiterNames.join(', ')}, or the character itself; default: detected`,
      delimiterNamed,
    )
    .addOption(new Option('--encoding <name>', "the file's encoding; default: detected").choices(textEncodings));
}

/** Accepts a delimiter's name, or the character itself. */
export function delimiterNamed(given: string): DelimiterName {
  const found = delimiterNames.find(
    (name) => name === given || delimiters[name] === given.replace(String.raw`\t`, '\t'),
  );
  if (found === undefined) throw new InvalidArgumentError(`It is one of ${delimiterNames.join(', ')}.`);
  return found;
}

interface HowRead {
  readonly encoding: NonNullable<TableFormat['encoding']>;
  readonly delimiter: DelimiterName | null;
  readonly notes: readonly string[];
}

/** Prints the format unless it is the usual one (UTF-8, commas), and what the API had to guess. */
export function sayHowRead(read: HowRead | null): void {
  if (read === null) return;
  const delimiter = read.delimiter ?? undefined;
  if (read.encoding !== 'utf-8' || (delimiter ?? 'comma') !== 'comma')
    say(`read as ${describeFormat({ encoding: read.encoding, delimiter })}`);
  for (const note of read.notes) say(note);
}
