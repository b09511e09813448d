/** Tries to harm whoever reads the result. */
import type { Probe } from '../../../../activities/sandbox/probes/probe.ts';

/** Every one of these must end as a problem of the code, with no value and no file. */
export const resultProbes: readonly Probe[] = [
  result(
    'name a returned file by a path',
    'names without folders',
    forged('{"value": 1, "files": [{"name": "../../escaped", "size": 1}]}', 'b"x"'),
  ),
  result(
    'announce a file of a negative size',
    'sizes are whole numbers from 0',
    forged('{"value": 1, "files": [{"name": "a", "size": -1}]}'),
  ),
  result(
    'announce more bytes than it sends',
    'the length of what came',
    forged('{"value": 1, "files": [{"name": "a", "size": 1000000}]}'),
  ),
  result(
    'pollute prototypes of the reader by keys of its value',
    'names such as __proto__ are not taken',
    forged('{"value": {"__proto__": {"polluted": 1}}, "files": []}'),
  ),
  result('announce a header of 4 GB', 'a limit of the header', written('b"\\xff\\xff\\xff\\xff"')),
  result(
    'send JSON of 100,000 levels',
    'a limit of the header; JSON that cannot be parsed is a problem of the code',
    nested(100_000),
  ),
  result('send what is no JSON', 'JSON that cannot be parsed is a problem of the code', written('b"\\0\\0\\0\\4nope"')),
  result('return nothing at all', 'a result is required', 'import os\ndef main(inputs):\n    os._exit(0)\n'),
  result('return more files than allowed', 'a number of files', filesNamed('[f"f{n}" for n in range(100)]')),
  result(
    'name two returned files alike',
    'unique names',
    forged('{"value": 1, "files": [{"name": "a", "size": 0}, {"name": "a", "size": 0}]}'),
  ),
  result('return a file with a line break in its name', 'plain names', filesNamed('["a\\nb"]')),
];

function result(tries: string, heldBy: string, source: string): Probe {
  return {
    kind: 'results',
    tries,
    heldBy,
    source,
    noControl: 'it is about the reader, not about what the code may do',
  };
}

/** Sends a header of its own and ends before the runner can. */
function forged(header: string, body = 'b""'): string {
  return `
import os
def main(inputs):
    header = '${header}'.encode()
    os.write(3, len(header).to_bytes(4, "big") + header + ${body})
    os._exit(0)
`;
}

function nested(levels: number): string {
  return `
import os
def main(inputs):
    header = ('{"files": [], "value": ' + "[" * ${levels} + "]" * ${levels} + "}").encode()
    left = len(header).to_bytes(4, "big") + header
    while left:
        left = left[os.write(3, left):]
    os._exit(0)
`;
}

function written(bytes: string): string {
  return `
import os
def main(inputs):
    os.write(3, ${bytes})
    os._exit(0)
`;
}

function filesNamed(names: string): string {
  return `
def main(inputs):
    for name in ${names}:
        open("out/" + name, "w").close()
    return 1
`;
}
