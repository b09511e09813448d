import { expect, it } from 'vitest';
import { safeFileName } from '../../../../activities/computer-use/files/safe-name.ts';

it.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\windows\\x.exe', 'x.exe'],
  ['.bashrc', 'bashrc'],
  ['a\u0000b\r\nc.pdf', 'a_b_c.pdf'],
  ['invoice\u202Efdp.exe', 'invoice_fdp.exe'],
  ['Prüfbericht 2026.pdf', 'Prüfbericht_2026.pdf'],
  ['', 'file'],
  ['...', 'file'],
])('a name is made safe: %j', (name, safe) => {
  expect(safeFileName(name)).toBe(safe);
});

it.each([
  ['x'.repeat(500), 'x'.repeat(180)],
  [`${'年'.repeat(120)}.pdf`, `${'年'.repeat(58)}.pdf`],
  // Four bytes, and two of JavaScript's units.
  [`a${'𠀋'.repeat(120)}.pdf`, `a${'𠀋'.repeat(43)}.pdf`],
  [`a.${'x'.repeat(500)}`, `a.${'x'.repeat(178)}`],
])('a long name is cut between characters to what a file system takes, and keeps its ending: %j', (name, short) => {
  expect(safeFileName(name)).toBe(short);
  expect(Buffer.byteLength(short)).toBeLessThanOrEqual(180);
});
