/** The findings of the brain at the end: only what it saw. */
import type { Memory } from './memory.ts';

export interface Findings {
  readonly business: string;
  readonly services: readonly string[];
  readonly prices: readonly { readonly service: string; readonly price: string }[];
  readonly contact: {
    readonly phone: string;
    readonly email: string;
    readonly address: string;
    readonly hours: string;
  };
  readonly problems: readonly { readonly page: string; readonly problem: string }[];
  readonly pages: readonly string[];
  readonly enquiry: string;
  readonly summary: string;
}

const enquiryTexts: Readonly<Record<Memory['enquiry'], string>> = {
  open: 'No test enquiry was sent.',
  submitted: 'A test enquiry was submitted; the site has not confirmed it.',
  sent: 'A test enquiry was sent, and the site confirmed it.',
  unsure: 'A test enquiry may have been sent before an interruption; it was not sent again.',
  failed: 'The contact form did not take a test enquiry.',
};

export function findingsOf(memory: Memory): Findings {
  const named = (name: string): string => memory.facts.find((fact) => fact.name === name)?.text ?? '';
  const allOf = (kind: string) => memory.facts.filter((fact) => fact.name.startsWith(`${kind}:`));
  const prices = allOf('price').map(({ name, text }) => ({ service: name.slice('price:'.length), price: text }));
  const phones = memory.facts.filter((fact) => fact.name === 'phone');
  // The contact page has the number that a visitor would use. A number of another page is used only when it has none.
  const phone = phones.find((fact) => fact.page === 'contact') ?? phones[0];
  const problems = [...memory.problems, ...differences(phones)];
  const pages = memory.read.filter((page) => page !== 'error' && page !== 'missing');
  const enquiry = enquiryTexts[memory.enquiry];
  const business = named('business');
  return {
    business,
    services: allOf('service').map((fact) => fact.text),
    prices,
    contact: { phone: phone?.text ?? '', email: named('email'), address: named('address'), hours: named('hours') },
    problems,
    pages,
    enquiry,
    summary: summary(business, pages.length, prices.length, problems.length, enquiry),
  };
}

/** Contradictions: one fact that differs between two pages. */
function differences(facts: Memory['facts']): Findings['problems'] {
  const [first] = facts;
  const other = facts.find((fact) => fact.text !== first?.text);
  if (first === undefined || other === undefined) return [];
  const problem = `The telephone number differs: ${first.text} on “${first.page}”, ${other.text} on “${other.page}”.`;
  return [{ page: other.page, problem }];
}

function summary(business: string, pages: number, prices: number, problems: number, enquiry: string): string {
  const site = business === '' ? 'The site' : `The site of ${business}`;
  return `${site} was looked through: ${pages} pages read, ${prices} prices and ${problems} problems found. ${enquiry}`;
}

export function proseOf(findings: Findings): string {
  const { contact } = findings;
  return [
    findings.summary,
    listed(
      'Prices',
      findings.prices.map(({ service, price }) => `${service}: ${price}`),
    ),
    listed(
      'Contact',
      Object.values(contact).filter((text) => text !== ''),
    ),
    listed(
      'Problems',
      findings.problems.map(({ page, problem }) => `${problem} (seen from: ${page})`),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function listed(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${title}:`, ...lines.map((line) => `- ${line}`)].join('\n');
}
