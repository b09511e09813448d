/** The lead magnets of the jobs that run while processes are killed, and the effects of a job of each. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseYaml, stringify as stringifyYaml } from 'yaml';
import type { World } from '../../demo/run/world.ts';

export const smallSlug = 'chaos';
export const auditSlug = 'website-audit';
export const codeSlug = 'chaos-code';

/** Model, webhook, model and delivery: every effect can be counted at its receiver. */
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

/** Code in both languages that computes for some seconds, and a delivery. */
export function codeForm({ receiver: { url } }: World): string {
  return JSON.stringify({
    slug: codeSlug,
    name: 'Chaos with code',
    form: { fields: [{ id: 'email', type: 'email', label: 'E-mail', required: true }] },
    network: { navigate: [new URL(url).origin] },
    steps: [
      {
        id: 'python',
        kind: 'code',
        language: 'python',
        source: 'import time\ndef main(inputs):\n    time.sleep(4)\n    return 1\n',
      },
      {
        id: 'javascript',
        kind: 'code',
        language: 'javascript',
        source: 'function main() { const end = Date.now() + 4000; while (Date.now() < end); return 1; }',
      },
    ],
    deliver: [{ kind: 'webhook', url, secret: '{{secret.crm}}' }],
  });
}

/**
 * The demo's lead magnet: a browser visits a site and sends its enquiry form once. The goal names the site, so that no
 * two jobs send the model the same request.
 */
export async function auditForm({ receiver: { url } }: World): Promise<string> {
  const file = join(import.meta.dirname, '..', '..', 'demo', 'lead-magnets', 'website-audit.yaml');
  const text = await readFile(file, 'utf8');
  const own = text
    .replace('http://127.0.0.1:9400/webhook', url)
    .replace('goal: |', 'goal: |\n      Look at {{form.website}}.');
  return stringifyYaml(parseYaml(own));
}
