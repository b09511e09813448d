import { describe, expect, it } from 'vitest';
import { ActionProblem } from '../../../../../activities/computer-use/actions.ts';
import { playwrightChord, playwrightKey } from '../../../../../activities/computer-use/playwright/input/keys.ts';

describe('a key', () => {
  it.each([
    ['CTRL', 'Control'],
    ['ctrl', 'Control'],
    ['CMD', 'Meta'],
    ['Return', 'Enter'],
    ['ESC', 'Escape'],
    ['ArrowLeft', 'ArrowLeft'],
    ['up', 'ArrowUp'],
    ['PAGE_DOWN', 'PageDown'],
    ['pagedown', 'PageDown'],
    ['f12', 'F12'],
    [' ', 'Space'],
    ['a', 'a'],
    ['A', 'A'],
    ['+', '+'],
    ['Control_L', 'Control'],
    ['BackSpace', 'Backspace'],
    ['Prior', 'PageUp'],
    ['KP_Enter', 'Enter'],
    ['KP_7', '7'],
    ['super', 'Meta'],
    ['minus', '-'],
    ['\n', 'Enter'],
  ])('%s is %s', (name, key) => {
    expect(playwrightKey(name)).toBe(key);
  });

  it.each(['', 'ü', '😀', 'F13', 'F0', 'FN', 'HYPER', 'constructor', '__proto__', 'toString'])(
    'without a meaning, like "%s", is a problem that is reported to the model',
    (name) => {
      expect(() => playwrightKey(name)).toThrow(ActionProblem);
    },
  );
});

describe('a chord', () => {
  it.each([
    [['CTRL', 'a'], 'Control+a'],
    [['t', 'SHIFT', 'CTRL'], 'Shift+Control+t'],
    [['ctrl+shift+t'], 'Control+Shift+t'],
    [['ENTER'], 'Enter'],
    [['+'], '+'],
    [['CTRL', '+'], 'Control++'],
    [['ctrl++'], 'Control++'],
    [['CTRL', 'A'], 'Control+a'],
    [['CTRL', 'SHIFT', 'T'], 'Control+Shift+T'],
    [['SHIFT', 'a'], 'Shift+a'],
    [['Super_L', 'Page_Down'], 'Meta+PageDown'],
  ])('%j is %s', (names, chord) => {
    expect(playwrightChord(names)).toBe(chord);
  });

  it('with an unknown key is a problem as a whole', () => {
    expect(() => playwrightChord(['CTRL', 'HYPER'])).toThrow('there is no key named HYPER');
  });
});
