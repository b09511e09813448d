/** How a table is written as text: what stands between its columns, and its encoding. Read by the API and the command line. */

/** What may stand between two columns. */
export const delimiters = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;
export type DelimiterName = keyof typeof delimiters;
export const delimiterNames = ['comma', 'semicolon', 'tab', 'pipe'] as const satisfies readonly DelimiterName[];

/** The encodings that spreadsheets save text in. */
export const textEncodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'macintosh',
] as const;
export type TextEncoding = (typeof textEncodings)[number];

/** The encodings that results are written in; `utf-8-bom` has the mark by which Excel knows UTF-8. */
export const resultEncodings = ['utf-8', 'utf-8-bom', 'utf-16le', 'windows-1252'] as const;
export type ResultEncoding = (typeof resultEncodings)[number];

/** How a file is to be read; what is left out is detected. */
export interface TableFormat {
  readonly delimiter?: DelimiterName | undefined;
  readonly encoding?: TextEncoding | undefined;
}

/** Each in words, as `windows-1252, semicolons between columns`. */
export function describeFormat({ encoding, delimiter }: TableFormat): string {
  const parts = [encoding, delimiter === undefined ? undefined : `${delimiter}s between columns`];
  return parts.filter((part) => part !== undefined).join(', ');
}
