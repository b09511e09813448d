/** Key names as models spell them, in the spelling that Playwright knows. An unknown name is refused, not guessed. */
import { ActionProblem } from './actions.ts';

const named: Readonly<Record<string, string>> = {
  ALT: 'Alt',
  OPTION: 'Alt',
  CTRL: 'Control',
  CONTROL: 'Control',
  SHIFT: 'Shift',
  META: 'Meta',
  CMD: 'Meta',
  COMMAND: 'Meta',
  SUPER: 'Meta',
  WIN: 'Meta',
  ENTER: 'Enter',
  RETURN: 'Enter',
  ESC: 'Escape',
  ESCAPE: 'Escape',
  TAB: 'Tab',
  SPACE: 'Space',
  BACKSPACE: 'Backspace',
  DELETE: 'Delete',
  DEL: 'Delete',
  INSERT: 'Insert',
  HOME: 'Home',
  END: 'End',
  PAGEUP: 'PageUp',
  PAGE_UP: 'PageUp',
  PAGEDOWN: 'PageDown',
  PAGE_DOWN: 'PageDown',
  UP: 'ArrowUp',
  DOWN: 'ArrowDown',
  LEFT: 'ArrowLeft',
  RIGHT: 'ArrowRight',
  ARROWUP: 'ArrowUp',
  ARROWDOWN: 'ArrowDown',
  ARROWLEFT: 'ArrowLeft',
  ARROWRIGHT: 'ArrowRight',
  CAPSLOCK: 'CapsLock',
  CAPS_LOCK: 'CapsLock',
  PRINTSCREEN: 'PrintScreen',
  CONTEXTMENU: 'ContextMenu',
  MENU: 'ContextMenu',
};

/** The key in Playwright's spelling: a named key in any case, F1 to F12, or one printable character of ASCII. */
export function playwrightKey(name: string): string {
  if (/^[\x20-\x7e]$/.test(name)) return name === ' ' ? 'Space' : name;
  if (name.length === 1) throw new ActionProblem(`there is no key ${name}: type it as text`);
  const upper = name.toUpperCase();
  const known = Object.hasOwn(named, upper) ? named[upper] : undefined;
  if (known !== undefined) return known;
  if (/^F(?:[1-9]|1[0-2])$/.test(upper)) return upper;
  throw new ActionProblem(`there is no key named ${name}`);
}

/** A chord: modifiers first, as Playwright wants it, `Control+Shift+t`. */
export function playwrightChord(names: readonly string[]): string {
  const parts = names.flatMap((name) => (name.length > 1 ? name.split('+') : [name])).map(playwrightKey);
  const isModifier = (key: string): boolean => ['Alt', 'Control', 'Meta', 'Shift'].includes(key);
  return [...parts.filter(isModifier), ...parts.filter((key) => !isModifier(key))].join('+');
}
