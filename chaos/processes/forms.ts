/** The lead magnets whose jobs are under way when a process is hit by faults, and what a job of each does to the world. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseYaml, stringify as stringifyYaml } from 'yaml';
import type { World } from '../../demo/run/world.ts';

export const smallSlug = 'chaos';
export const auditSlug = 'website-audit';

/** Model, receiver, model, and a delivery: every effect can be counted where it arrives. */
export function smallForm({ receiver: { url } }: World): string {
  return JSON.stringify({
    slug: smallSlug,
    name: 'Chaos',
    form: {
      fields: [
        { id: 'email', type: 'email', label: 'E-mail', required: true },
        { id: 'word', type: 'text', label: 'Word', required: true },
      ],
      submissionsPerHour: 1000,
    },
    network: { navigate: [new URL(url).origin] },
    steps: [
      { id: 'think', kind: 'ai', instructions: 'Think of {{form.word}}' },
      { id: 'tell', kind: 'webhook', needs: ['think'], url, secret: '{{secret.crm}}' },
      { id: 'conclude', kind: 'ai', needs: ['tell'], instructions: 'Conclude from {{form.word}}' },
    ],
    deliver: [{ kind: 'webhook', url, secret: '{{secret.crm}}' }],
  });
}

/** The demo's: a browser at a site, whose enquiry form is sent once. The goal names the site: no two ask the same. */
export async function auditForm({ receiver: { url } }: World): Promise<string> {
  const file = join(import.meta.dirname, '..', '..', 'demo', 'lead-magnets', 'website-audit.yaml');
  const text = await readFile(file, 'utf8');
  const own = text
    .replace('http://127.0.0.1:9400/webhook', url)
    .replace('goal: |', 'goal: |\n      Look at {{form.website}}.');
  return stringifyYaml(parseYaml(own));
}
