/** Tries of JavaScript to get out of its interpreter, past its limits, or at whoever reads its value. */
import type { Probe } from '../../../../activities/sandbox/probes/probe.ts';
import type { CodeProblemType } from '../../../../activities/sandbox/sandbox.ts';
import type { JsonValue } from '../../../../workflows/contract/json/json.ts';

export interface JavaScriptProbe extends Probe {
  /** What must come of it: a value, or one of these problems. */
  readonly ends: { readonly value: JsonValue } | { readonly by: readonly CodeProblemType[] };
}

const limit = ['time_limit', 'memory_limit'] as const;

function probe(tries: string, heldBy: string, ends: JavaScriptProbe['ends'], source: string): JavaScriptProbe {
  return { kind: 'javascript', tries, heldBy, ends, source };
}

export const javaScriptProbes: readonly JavaScriptProbe[] = [
  probe(
    'find Node, modules, timers, a network or WebAssembly among its globals',
    'an interpreter that has the language and a console alone',
    { value: [] },
    `const main = () => ['process', 'require', 'module', 'fetch', 'Buffer', 'WebAssembly', 'setTimeout', 'Deno', 'os', 'std']
      .filter((name) => typeof globalThis[name] !== 'undefined');`,
  ),
  probe(
    'reach the process by constructors of functions that it gave',
    'functions of the interpreter: its objects never come from outside',
    { value: ['none', 'none', 'none', 'none'] },
    `const main = () => [globalThis, console.log, (async () => 0), console].map((one) => {
      try { return typeof one.constructor.constructor('return process')(); } catch { return 'none'; } });`,
  ),
  probe(
    'import a module',
    'no modules: nothing loads them',
    { value: 'refused' },
    `const main = async () => { try { await import('node:fs'); return 'loaded'; } catch { return 'refused'; } };`,
  ),
  probe(
    'pollute prototypes of the reader by keys of its value',
    'the value leaves as a text; such names are not taken',
    { by: ['crashed'] },
    `const main = () => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}');`,
  ),
  probe(
    'replace what turns its value into a text, by an object',
    'only a text is taken',
    { by: ['error'] },
    `JSON.stringify = () => ({ polluted: 1 }); const main = () => 1;`,
  ),
  probe(
    'replace what turns its value into a text, by a text that is no JSON',
    'JSON that cannot be parsed is a problem of the code',
    { by: ['error', 'crashed'] },
    `JSON.stringify = () => '{"a":'; const main = () => 1;`,
  ),
  probe(
    'return a value of 100,000 levels',
    'a limit of the stack',
    { by: ['error', 'crashed'] },
    `JSON.stringify = () => '['.repeat(100000) + ']'.repeat(100000); const main = () => 1;`,
  ),
  probe(
    'compute without end in a getter of its value',
    'the text is made within the limits',
    { by: ['time_limit'] },
    `const main = () => ({ get value() { for (;;); } });`,
  ),
  probe(
    'throw an error that computes without end when it is read',
    'errors are read within the limits',
    { by: ['time_limit', 'error'] },
    `const main = () => { throw { get message() { for (;;); }, get stack() { for (;;); } }; };`,
  ),
  probe(
    'give its console an object that computes without end',
    'arguments are read within the limits',
    { by: ['time_limit', 'error'] },
    `const main = () => { console.log({ toString() { for (;;); } }); return 1; };`,
  ),
  probe(
    'wait for ever for another thread (Atomics.wait)',
    'no threads; a timer of the worker',
    { by: ['error', 'time_limit'] },
    `const main = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
  ),
  probe(
    'join an array of a billion holes, which the interpreter does not interrupt',
    'a timer of the worker, which kills all processes of the sandbox',
    { by: limit },
    `const main = () => new Array(1_000_000_000) + '';`,
  ),
  probe(
    'take all memory with long texts, which the interpreter does not count',
    'the real memory of the process',
    { by: limit },
    `const main = () => { const texts = []; for (;;) texts.push('x'.repeat(1 << 20) + texts.length); };`,
  ),
  probe(
    'take all memory with one text',
    'a limit of a text, the real memory of the process',
    { by: ['error', ...limit] },
    `const main = () => { let text = 'x'; for (;;) text += text; };`,
  ),
  probe(
    'take all memory with buffers',
    'a limit of the interpreter, the real memory of the process',
    { by: ['error', ...limit] },
    `const main = () => { const all = []; for (;;) all.push(new Uint8Array(1 << 24).fill(1)); };`,
  ),
];
