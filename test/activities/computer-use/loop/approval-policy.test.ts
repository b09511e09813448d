import { describe, expect, it } from 'vitest';
import {
  actionQuestion,
  checksForPerson,
  checksQuestion,
  isRisky,
  needsTarget,
} from '../../../../activities/computer-use/loop/approval-policy.ts';
import type { ComputerAction } from '../../../../activities/computer-use/actions.ts';
import { approvalPolicy } from '../../../../workflows/contract/computer-use/approvals.ts';
import { durationSeconds } from '../../../../workflows/contract/duration.ts';
import type { ApprovalPolicy } from '../../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { click } from '../../../support/llm/responses.ts';

const url = 'https://shop.example.com/cart';
const enter: ComputerAction = { type: 'keypress', keys: ['ENTER'] };

function ask(
  risky: NonNullable<ApprovalPolicy['risky']>,
  action: ComputerAction,
  { words = 'Buy now', presses = true, at = url }: { words?: string | null; presses?: boolean; at?: string } = {},
): string | undefined {
  const target = { words, presses };
  return isRisky(approvalPolicy({ risky }), action, { url: at, target }) ? actionQuestion(action, target) : undefined;
}

describe('a risk point', () => {
  it('is what fits all that a rule names', () => {
    const rule = { action: 'click' as const, origin: 'https://*.example.com', words: ['buy', 'order'] };
    expect(ask([rule], click(3, 4))).toBe('click at 3,4 on “Buy now”');
    expect(ask([rule], click(3, 4), { words: 'Read more' })).toBeUndefined();
    expect(ask([rule], click(3, 4), { at: 'https://shop.example.net/' })).toBeUndefined();
    expect(ask([rule], { type: 'move', x: 3, y: 4, keys: [] }, { presses: false })).toBeUndefined();
    expect(ask([], click(3, 4))).toBeUndefined();
  });

  it('that is a click is every way to press the control', () => {
    const rule = { action: 'click' as const, words: ['buy'] };
    expect(ask([rule], { type: 'double_click', x: 1, y: 1, keys: [] })).toContain('double click');
    expect(ask([rule], enter)).toBe('press ENTER on “Buy now”');
    expect(ask([rule], enter, { presses: false })).toBeUndefined();
  });

  it('finds its words in capitals, with odd spaces and with invisible characters in between', () => {
    for (const words of ['BUY NOW', 'b\u200Buy\u00A0 now', '🛒 Buy\n now (2)', 'Ｂｕｙ now']) {
      expect(ask([{ words: ['buy now'] }], click(1), { words }), words).toBeDefined();
    }
  });

  it('is assumed where the control cannot be read', () => {
    expect(ask([{ words: ['buy'] }], click(1), { words: null })).toContain('something that cannot be read');
    expect(ask([{ action: 'type', words: ['buy'] }], click(1), { words: null })).toBeUndefined();
  });

  it('shows the person the text that would be typed', () => {
    const question = ask([{ action: 'type' }], { type: 'type', text: 'x'.repeat(300) }, { words: 'Card number' });
    expect(question).toBe(`type 300 characters on “Card number”: “${'x'.repeat(200)}…”`);
  });

  it('costs no reading of the page where no rule is, or where nothing is done', () => {
    expect(needsTarget(approvalPolicy(undefined), click(1))).toBe(false);
    expect(needsTarget(approvalPolicy({ risky: [{ action: 'click' }] }), { type: 'wait' })).toBe(false);
    expect(needsTarget(approvalPolicy({ risky: [{ action: 'click' }] }), enter)).toBe(true);
  });
});

describe('safety checks', () => {
  const checks = [
    { id: 's1', code: 'sensitive_domain', message: 'This is a bank.' },
    { id: 's2', code: null, message: null },
  ];

  it('all need a person unless the policy names their code', () => {
    expect(checksForPerson(approvalPolicy(undefined), checks)).toEqual(checks);
    expect(checksForPerson(approvalPolicy({ acknowledge: ['sensitive_domain'] }), checks)).toEqual([checks[1]]);
    expect(checksForPerson(approvalPolicy({ acknowledge: [''] }), checks)).toEqual(checks);
  });

  it("are asked in the provider's words, with what the model wants", () => {
    expect(checksQuestion(checks, ['click at 1,1'])).toBe(
      "The model's provider warns: This is a bank. s2 The model wants to: click at 1,1.",
    );
  });
});

describe('how long a person is waited for', () => {
  it('is a number and a unit, a day when nothing is said', () => {
    expect(['90s', '15m', '24h', '7d', '1w', 'h', '1.5h', ''].map(durationSeconds)).toEqual([
      90,
      900,
      86_400,
      604_800,
      ...Array<number>(4).fill(Number.NaN),
    ]);
    expect(approvalPolicy(undefined).expiresAfterSeconds).toBe(86_400);
  });
});
