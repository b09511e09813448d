/** Reads a definition, in a thread: YAML of a megabyte, and the schemas and templates in it, may take many seconds. */
import { parse as parseYaml } from 'yaml';
import { readDefinition, type DefinitionReading } from '../../../workflows/contract/lead-magnet-check.ts';

export default function readDefinitionText(text: string): DefinitionReading | { readonly unreadable: string } {
  try {
    return readDefinition(text.trimStart().startsWith('{') ? readJsonOrYaml(text) : readYaml(text));
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

/** JSON is read a hundred times as fast by its own reader; what begins like it may be YAML all the same. */
function readJsonOrYaml(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return readYaml(text);
  }
}

function readYaml(text: string): unknown {
  return parseYaml(text, { maxAliasCount: 100 });
}
