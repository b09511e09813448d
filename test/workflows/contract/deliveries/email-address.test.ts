import { describe, expect, it } from 'vitest';
import { readEmailAddress } from '../../../../workflows/contract/deliveries/email-address.ts';

describe('A15: an e-mail address', () => {
  it.each([
    ["Ann.O'Neil+news@Example.com", "Ann.O'Neil+news@Example.com"],
    ['a@bücher.example', 'a@xn--bcher-kva.example'],
    ['a@BÜCHER.Example', 'a@xn--bcher-kva.example'],
    ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
    ['a@例え.テスト', 'a@xn--r8jz45g.xn--zckzah'],
    ['jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['用户@例え.テスト', '用户@xn--r8jz45g.xn--zckzah'],
  ])('%s is kept as %s', (text, kept) => {
    expect(readEmailAddress(text)).toBe(kept);
  });

  it.each([
    ['no domain', 'ada@'],
    ['no local part', '@example.com'],
    ['no dot in the domain', 'ada@localhost'],
    ['two addresses', 'ada@example.com,eve@example.com'],
    ['two @', 'ada@evil.example@example.com'],
    ['an added header', 'ada@example.com\r\nBcc: eve@example.com'],
    ['an added header before the @', 'ada\r\nBcc:eve@example.com'],
    ['a line separator of Unicode', 'ada\u2028x@example.com'],
    ['a turned reading direction', 'ada\u202e@example.com'],
    ['an invisible character', 'a\u200bda@example.com'],
    ['an IP address', 'ada@127.0.0.1'],
    ['an IP address that the parser of URLs makes', 'ada@0x7f.1'],
    ['an IP address in digits of another script', 'ada@１２７.０.０.１'],
    ['a port', 'ada@example.com:25'],
    ['a path', 'ada@example.com/x'],
    ['brackets', 'Ada <ada@example.com>'],
    ['quotes', '"ada"@example.com'],
    ['a dot at its beginning', '.ada@example.com'],
    ['two dots', 'a..b@example.com'],
    ['a label that is too long', `ada@${'a'.repeat(64)}.example`],
    ['a local part above 64 octets', `${'é'.repeat(33)}@example.com`],
    ['an address above 254 octets', `ada@${'abcdefghi.'.repeat(26)}example`],
  ])('with %s is none', (_title, text) => {
    expect(readEmailAddress(text)).toBeUndefined();
  });
});
