/** Tries the sandboxes and prints what came of it as JSON. The set-up and the doctor start it with the tools that they found. */
import { z } from 'zod';
import { createSandboxes, type SandboxTool } from '../sandboxes.ts';
import { tryOut } from './try-out.ts';

const AskedSchema = z.object({
  python: z.string().nullable(),
  pythonPackages: z.string().nullable(),
  /** As LODESTONE_SANDBOX. */
  containment: z.enum(['bubblewrap', 'unsafe']),
  /** The value of a variable of this process's environment. */
  variable: z.string().min(1),
});

const { python, pythonPackages, containment, variable } = AskedSchema.parse(JSON.parse(process.argv[2] ?? ''));
const sandboxes = createSandboxes({
  python: toolAt(python, 'There is no Python for it.'),
  pythonPackages: toolAt(pythonPackages, 'They are not set up.'),
  furtherImports: ['glob', 'os', 'socket'],
  containment,
});
try {
  process.stdout.write(`${JSON.stringify(await tryOut(sandboxes, containment === 'unsafe' ? null : variable))}\n`);
} finally {
  sandboxes.close();
}

function toolAt(path: string | null, missing: string): SandboxTool {
  return path === null ? { missing } : { path };
}
