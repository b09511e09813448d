import { describe, expect, it } from 'vitest';
import { ApiSettingsSchema } from '../../../client/api/config.ts';
import { WorkerSettingsSchema } from '../../../workers/config.ts';
import { readSettings } from '../../../workflows/contract/settings.ts';
import { signingSecret } from '../../support/http/signed-webhooks.ts';

describe('settings', () => {
  it('report all problems together, each with its name', () => {
    const environment = {
      LODESTONE_API_PORT: 'many',
      LODESTONE_LOG_LEVEL: 'loud',
      LODESTONE_ALLOW_PRIVATE_ORIGINS: 'nonsense',
    };
    expect(() => readSettings(ApiSettingsSchema, environment)).toThrow(
      /LODESTONE_ALLOW_PRIVATE_ORIGINS[\s\S]*LODESTONE_LOG_LEVEL[\s\S]*LODESTONE_API_PORT/,
    );
  });

  it('take an empty variable for one that is not set, and refuse a mistyped switch', () => {
    expect(readSettings(ApiSettingsSchema, { LODESTONE_API_PORT: '' }).LODESTONE_API_PORT).toBe(8700);
    expect(() => readSettings(WorkerSettingsSchema, { LODESTONE_CHROMIUM_SANDBOX: 'fasle' })).toThrow(
      'LODESTONE_CHROMIUM_SANDBOX',
    );
  });

  it('P22: take addresses for alerts with a mail server alone', () => {
    const to = { LODESTONE_ALERT_MAIL: 'ann@example.com, bob@example.com' };
    const { LODESTONE_ALERT_MAIL: read } = readSettings(WorkerSettingsSchema, {
      ...to,
      LODESTONE_SMTP_URL: 'smtp://mail.example.com',
    });
    expect(read).toEqual(['ann@example.com', 'bob@example.com']);
    expect(() => readSettings(WorkerSettingsSchema, to)).toThrow('set LODESTONE_SMTP_URL');
    expect(() => readSettings(WorkerSettingsSchema, { LODESTONE_ALERT_MAIL: 'ann' })).toThrow('LODESTONE_ALERT_MAIL');
  });

  it('take a secret for the webhook of alerts in the form of Standard Webhooks alone, and never print it', () => {
    const set = (text: string) => () => readSettings(WorkerSettingsSchema, { LODESTONE_ALERT_SECRET: text });
    expect(set(signingSecret())).not.toThrow();
    expect(set(`${signingSecret()} ${signingSecret()}`)).not.toThrow();
    expect(set('s3cret')).toThrow(/LODESTONE_ALERT_SECRET: must be whsec_/);
    expect(set('s3cret')).not.toThrow(/s3cret/);
  });
});
