/** Reads a definition, in a thread: YAML of a megabyte, and the schemas and templates in it, may take many seconds. */
import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { readDefinition, type DefinitionReading } from '../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { describeFlaw, readStrictJson } from '../../../workflows/contract/json/strict-json.ts';

export default function readDefinitionText(text: string): DefinitionReading | { readonly unreadable: string } {
  try {
    return readDefinition(text.trimStart().startsWith('{') ? readJsonOrYaml(text) : readYaml(text));
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * JSON is read a hundred times as fast by its own reader; what begins like it may be YAML all the same. As strict as YAML
 * with a field that is named twice.
 */
function readJsonOrYaml(text: string): unknown {
  const read = readStrictJson(text, 'refused');
  if (read.ok) return read.value;
  if (!read.isJson) return readYaml(text);
  throw new Error(read.flaws.map((flaw) => describeFlaw(flaw, 'the definition')).join('; '));
}

function readYaml(text: string): unknown {
  const lineCounter = new LineCounter();
  // The library compares each key of a map with all others, which takes half a minute for 60,000 of them.
  const document = parseDocument(text, { lineCounter, uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  visit(document, {
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
