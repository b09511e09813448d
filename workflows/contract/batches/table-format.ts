/** Delimiters and encodings of text tables, for the API and the command line. */

/** The delimiters by name. */
export const delimiters = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;
export type DelimiterName = keyof typeof delimiters;
export const delimiterNames = ['comma', 'semicolon', 'tab', 'pipe'] as const satisfies readonly DelimiterName[];

/** The encodings in which spreadsheets save text. */
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

/** The encodings in which results can be written; `utf-8-bom` begins with the mark by which Excel recognises UTF-8. */
export const resultEncodings = ['utf-8', 'utf-8-bom', 'utf-16le', 'windows-1252'] as const;
export type ResultEncoding = (typeof resultEncodings)[number];

/** How to read a file; a missing field is detected from the content. */
export interface TableFormat {
  readonly delimiter?: DelimiterName | undefined;
  readonly encoding?: TextEncoding | undefined;
}

/** Describes a format, for example `windows-1252, semicolons between columns`. */
export function describeFormat({ encoding, delimiter }: TableFormat): string {
  const parts = [encoding, delimiter === undefined ? undefined : `${delimiter}s between columns`];
  return parts.filter((part) => part !== undefined).join(', ');
}
