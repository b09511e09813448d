// Lists the tools of this machine with version and source, and says how to get the missing ones. Installs nothing.
//   node scripts/doctor.mjs [--json]
// Exit code 0 when everything that jobs require is there, 1 otherwise.
import { parseArgs } from 'node:util';
import { examine, formatTable } from './toolchain/examination.mjs';
import { hostSurroundings } from './toolchain/surroundings.mjs';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const examination = await examine(hostSurroundings());
process.stdout.write(values.json ? `${JSON.stringify(examination, null, 2)}\n` : formatTable(examination));
process.exitCode = examination.ready ? 0 : 1;
