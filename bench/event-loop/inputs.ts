/**
 * Inputs that have blocked, or could block, the event loop of an API for seconds to years: what a definition, a visitor
 * or a client may send. Each has the answer that it must get. Used by the benchmark and by the event-loop test.
 */
import type { Store } from '../../store/store.ts';
import { readDefinition } from '../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { definitionInputs } from './definition-inputs.ts';
import type { HostileInput } from './hostile-input.ts';
import { schemaInputs } from './schema-inputs.ts';
import { toolInputs } from './tool-inputs.ts';

const jsonType = 'application/json';
const formType = 'application/x-www-form-urlencoded';

const step = { id: 'think', kind: 'ai', instructions: 'think' };

/** Forms as they may be in a store; the last was saved before patterns were checked. */
const forms = {
  backtracking: [{ id: 'code', type: 'text', label: 'Code', pattern: '^(a+)+$' }],
  alternatives: [{ id: 'code', type: 'text', label: 'Code', pattern: '(a|a|aa)*b' }],
  large: [{ id: 'code', type: 'textarea', label: 'Code', pattern: '(?:[a-z]{1,30}){1,30}' }],
  prefilled: [{ id: 'code', type: 'textarea', label: 'Code', pattern: '[ab]*a[ab]{900}c', prefill: true }],
  addresses: [
    { id: 'mail', type: 'email', label: 'Mail', maxLength: 100_000 },
    { id: 'site', type: 'url', label: 'Site', maxLength: 100_000 },
    { id: 'phone', type: 'tel', label: 'Phone', maxLength: 100_000 },
  ],
  old: [{ id: 'code', type: 'text', label: 'Code' }],
} as const;

/** Saves the forms without today's check of definitions. */
export async function saveForms(store: Store): Promise<void> {
  for (const [slug, fields] of Object.entries(forms)) {
    const { leadMagnet } = readDefinition({ slug, name: slug, form: { fields }, steps: [step] });
    if (leadMagnet === null) throw new Error(`the form ${slug} is refused`);
    const patterned = leadMagnet.form.fields.map((field) => ({ ...field, pattern: '(?=a)(a+)+' }));
    const form = slug === 'old' ? { ...leadMagnet.form, fields: patterned } : leadMagnet.form;
    await store.leadMagnets.save({ ...leadMagnet, form }, new Date());
  }
}

const misfit = 'does not have the form that is asked for';
const hostile = `${'a'.repeat(45)}!`;

function submission(
  form: keyof typeof forms,
  values: Readonly<Record<string, string>>,
): Pick<HostileInput, 'path' | 'type' | 'body'> {
  return { path: `/v1/lead-magnets/${form}/submissions`, type: jsonType, body: JSON.stringify({ form: values }) };
}

const visitorInputs: readonly HostileInput[] = [
  {
    name: 'a pattern that backtracks, by the API',
    ...submission('backtracking', { code: hostile }),
    status: 422,
    says: misfit,
  },
  {
    name: 'a pattern that backtracks, by the page',
    path: '/f/backtracking',
    type: formType,
    body: `code=${encodeURIComponent(hostile)}`,
    status: 422,
    says: misfit,
  },
  {
    name: 'alternatives that backtrack',
    ...submission('alternatives', { code: `${'a'.repeat(900)}!` }),
    status: 422,
    says: misfit,
  },
  {
    name: 'a large pattern over a long text',
    ...submission('large', { code: `${'a'.repeat(19_990)}!` }),
    status: 422,
    says: misfit,
  },
  {
    name: 'a large pattern over a long text in the address',
    path: `/f/prefilled?code=${'ab'.repeat(7500)}`,
    type: '',
    body: null,
    status: 200,
    says: '<textarea',
  },
  {
    name: 'a pattern of old that cannot be checked',
    ...submission('old', { code: hostile }),
    status: 422,
    says: 'cannot be checked, the owner of the form has to mend it: its pattern looks ahead',
  },
  {
    name: 'a host name of dots',
    ...submission('addresses', { site: `http://${'.'.repeat(99_000)}internal` }),
    status: 422,
    says: 'is refused',
  },
  {
    name: 'a long e-mail address',
    ...submission('addresses', { mail: `${'a.'.repeat(49_000)}@` }),
    status: 422,
    says: 'is not an e-mail address',
  },
  {
    name: 'a long telephone number',
    ...submission('addresses', { phone: `${'(1'.repeat(49_000)}!` }),
    status: 422,
    says: 'is not a telephone number',
  },
  {
    name: 'a form of 100,000 fields',
    path: '/f/old',
    type: formType,
    body: Array.from({ length: 100_000 }, (_, index) => `f${index}=`).join('&'),
    status: 400,
    says: 'the form has more than 1000 fields',
  },
  {
    name: 'a form of 10,000 parts',
    path: '/f/old',
    type: 'multipart/form-data; boundary=x',
    body: `${Array.from({ length: 10_000 }, (_, index) => `--x\r\ncontent-disposition: form-data; name="f${index}"\r\n\r\n\r\n`).join('')}--x--\r\n`,
    status: 400,
    says: 'the form has more than 1000 fields',
  },
  {
    name: 'a form of 10,000 parts whose boundary is spelt oddly',
    path: '/f/old',
    type: String.raw`multipart/form-data; a="b,c"; boundary="\x"`,
    body: `${Array.from({ length: 10_000 }, (_, index) => `--x\r\ncontent-disposition: form-data; name="f${index}"\r\n\r\n\r\n`).join('')}--x--\r\n`,
    status: 415,
    says: 'send the form as multipart/form-data; boundary=',
  },
  {
    name: 'JSON of 500,000 levels',
    path: '/v1/lead-magnets/old/submissions',
    type: jsonType,
    body: `{"form":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
    status: 400,
    says: 'the body is nested more than 100 deep',
  },
  {
    name: 'JSON of 500,000 values',
    path: '/v1/lead-magnets/old/submissions',
    type: jsonType,
    body: `{"form":{"code":[${'1,'.repeat(500_000)}1]}}`,
    status: 400,
    says: 'the body has more than 50000 values',
  },
];

export const hostileInputs: readonly HostileInput[] = [
  ...visitorInputs,
  ...definitionInputs(step),
  ...schemaInputs,
  ...toolInputs,
];
