/**
 * Parses and checks a definition, in a thread: a megabyte of YAML, with its schemas and templates, may take many
 * seconds.
 */
import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { readDefinition, type DefinitionReading } from '../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { describeFlaw, readStrictJson } from '../../../workflows/contract/json/strict-json.ts';
import { characterProblem } from '../../../workflows/contract/text-characters.ts';

export default function readDefinitionText(text: string): DefinitionReading | { readonly unreadable: string } {
  try {
    return readDefinition(text.trimStart().startsWith('{') ? readJsonOrYaml(text) : readYaml(text));
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The JSON parser is a hundred times as fast for JSON; a text that begins like JSON may still be YAML. As strict as
 * YAML about fields that are named twice.
 */
function readJsonOrYaml(text: string): unknown {
  const read = readStrictJson(text, 'refused');
  if (read.ok) return read.value;
  if (!read.isJson) return readYaml(text);
  throw new Error(read.flaws.map((flaw) => describeFlaw(flaw, 'the definition')).join('; '));
}

function readYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  // The library compares each key of a map with all others, which takes half a minute for 60,000 keys.
  const document = parseDocument(text, { lineCounter, uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  visit(document, {
    // As escapes of a quoted text, in names too.
    Scalar(_, { value, range }) {
      const problem = typeof value === 'string' ? characterProblem(value) : undefined;
      if (problem === undefined) return;
      const { line, col } = lineCounter.linePos(range?.[0] ?? 0);
      throw new Error(`line ${line}, column ${col}: a text ${problem}`);
    },
    Map(_, { items }) {
      const known = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (known.has(key.value)) {
          const { line, col } = lineCounter.linePos(key.range?.[0] ?? 0);
          throw new Error(`Map keys must be unique: ${String(key.value)} at line ${line}, column ${col}`);
        }
        known.add(key.value);
      }
    },
  });
  return document.toJS({ maxAliasCount: 100 });
}
