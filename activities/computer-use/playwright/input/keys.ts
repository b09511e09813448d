/**
 * Maps the key names that models use to Playwright's: OpenAI's (CTRL, ARROWLEFT), X11's as Anthropic's models use them
 * (Control_L, Prior, KP_Enter), and the browser's own. An unknown name is refused, not guessed.
 */
import { ActionProblem } from '../../actions.ts';

/** Playwright's key name, and its aliases; case does not matter. */
const spellings: readonly (readonly [key: string, ...others: string[]])[] = [
  ['Alt', 'Option', 'Opt', 'Alt_L', 'Alt_R', 'AltLeft', 'AltRight'],
  ['AltGraph', 'AltGr', 'ISO_Level3_Shift'],
  ['Control', 'Ctrl', 'Control_L', 'Control_R', 'ControlLeft', 'ControlRight', 'ControlOrMeta'],
  ['Shift', 'Shift_L', 'Shift_R', 'ShiftLeft', 'ShiftRight'],
  [
    'Meta',
    'Cmd',
    'Command',
    'Super',
    'Super_L',
    'Super_R',
    'Win',
    'Windows',
    'Meta_L',
    'Meta_R',
    'MetaLeft',
    'MetaRight',
  ],
  ['Enter', 'Return', 'KP_Enter', 'NumpadEnter', '\n'],
  ['Escape', 'Esc'],
  ['Tab', 'ISO_Left_Tab', '\t'],
  ['Space', 'Spacebar', ' '],
  ['Backspace', 'Back_Space'],
  ['Delete', 'Del', 'KP_Delete'],
  ['Insert', 'Ins', 'KP_Insert'],
  ['Home', 'KP_Home'],
  ['End', 'KP_End'],
  ['PageUp', 'Page_Up', 'PgUp', 'Prior', 'KP_Page_Up'],
  ['PageDown', 'Page_Down', 'PgDn', 'Next', 'KP_Page_Down'],
  ['ArrowUp', 'Up', 'Arrow_Up', 'UpArrow', 'KP_Up'],
  ['ArrowDown', 'Down', 'Arrow_Down', 'DownArrow', 'KP_Down'],
  ['ArrowLeft', 'Left', 'Arrow_Left', 'LeftArrow', 'KP_Left'],
  ['ArrowRight', 'Right', 'Arrow_Right', 'RightArrow', 'KP_Right'],
  ['CapsLock', 'Caps_Lock'],
  ['NumLock', 'Num_Lock'],
  ['ScrollLock', 'Scroll_Lock'],
  ['PrintScreen', 'Print', 'Print_Screen'],
  ['Pause', 'Break'],
  ['ContextMenu', 'Menu', 'Apps'],
  ['+', 'Plus', 'KP_Add'],
  ['-', 'Minus', 'Hyphen', 'KP_Subtract'],
  ['*', 'Asterisk', 'Multiply', 'KP_Multiply'],
  ['/', 'Slash', 'Divide', 'KP_Divide'],
  ['\\', 'Backslash'],
  ['=', 'Equal', 'Equals'],
  [',', 'Comma'],
  ['.', 'Period', 'Dot', 'KP_Decimal'],
  [';', 'Semicolon'],
  [':', 'Colon'],
  ["'", 'Apostrophe', 'Quote'],
  ['"', 'QuoteDbl'],
  ['`', 'Grave', 'Backquote', 'Backtick'],
  ['[', 'BracketLeft'],
  [']', 'BracketRight'],
  ['_', 'Underscore'],
  ['?', 'Question'],
  ['!', 'Exclam'],
  ['@', 'At'],
  ['#', 'NumberSign'],
  ['&', 'Ampersand'],
  ...Array.from({ length: 10 }, (_, digit): [string, ...string[]] => [`${digit}`, `KP_${digit}`, `Numpad${digit}`]),
];
const named: ReadonlyMap<string, string> = new Map(
  spellings.flatMap((row) => row.map((name) => [name.toUpperCase(), row[0]])),
);

/** The key by Playwright's name: a named key in any case, F1 to F12, or one printable ASCII character. */
export function playwrightKey(name: string): string {
  if (/^[\x21-\x7e]$/.test(name)) return name;
  const upper = name.toUpperCase();
  const known = named.get(upper);
  if (known !== undefined) return known;
  if (/^.$/u.test(name)) throw new ActionProblem(`there is no key ${name}: type it as text`);
  if (/^F(?:[1-9]|1[0-2])$/.test(upper)) return upper;
  throw new ActionProblem(`there is no key named ${name}`);
}

/**
 * A chord with its modifiers first, as Playwright expects it: `Control+Shift+t`. A letter with Control, Alt or Meta is
 * the key and not its capital, in any spelling: a page that listens for Ctrl+A gets `a`.
 */
export function playwrightChord(names: readonly string[]): string {
  const keys = names.flatMap((name) => (name.length > 1 ? parts(name) : [name])).map(playwrightKey);
  const modifiers = keys.filter((key) => ['Alt', 'AltGraph', 'Control', 'Meta', 'Shift'].includes(key));
  const others = keys.filter((key) => !modifiers.includes(key));
  const asKeys = modifiers.some((key) => key !== 'Shift') && !modifiers.includes('Shift');
  return [...modifiers, ...others.map((key) => (asKeys && key.length === 1 ? key.toLowerCase() : key))].join('+');
}

/** `ctrl+shift+t` is a chord in one name; `ctrl++` ends with the plus key. */
function parts(name: string): readonly string[] {
  if (named.has(name.toUpperCase())) return [name];
  const plus = /^(.+)\+\+$/.exec(name)?.[1];
  return plus === undefined ? name.split('+') : [...plus.split('+'), '+'];
}
