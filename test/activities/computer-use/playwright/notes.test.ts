import { expect, it } from 'vitest';
import { Notes } from '../../../../activities/computer-use/playwright/notes.ts';

const alert = (message: string) => ({ kind: 'alert', message, accepted: true });

it('dialogs in a row are one note, which says how many there were and how they were answered', () => {
  const notes = new Notes();
  for (let number = 1; number <= 29; number += 1) notes.addDialog(alert(`Look ${number}`));
  notes.addDialog({ kind: 'confirm', message: 'Sure?', accepted: false });
  expect(notes.take()).toEqual(['30 dialogs, the last said "Sure?"; 29 were accepted, 1 dismissed.']);
  expect(notes.take()).toEqual([]);
});

it('a dialog after another event has a note of its own', () => {
  const notes = new Notes();
  notes.addDialog(alert('one'));
  notes.add('A new tab was opened; you now see it.');
  notes.addDialog(alert('two'));
  expect(notes.take()).toEqual([
    'An alert dialog said "one"; it was accepted.',
    'A new tab was opened; you now see it.',
    'An alert dialog said "two"; it was accepted.',
  ]);
});

it('of fifty events twenty are listed, with the number of the others; words of any length are cut', () => {
  const notes = new Notes();
  notes.addDialog(alert('x'.repeat(10_000)));
  for (let number = 2; number <= 50; number += 1) notes.add(`event ${number} ${'x'.repeat(10_000)}`);
  const taken = notes.take();
  expect(taken).toHaveLength(21);
  expect(taken.at(-1)).toBe('And 30 more of the kind.');
  expect(Math.max(...taken.map(({ length }) => length))).toBe(500);
});
