import { describe, expect, it } from 'vitest';
import { readApiSettings } from '../../../../client/api/config.ts';
import { problemOf, testApi } from '../harness.ts';

const statusOf = async (host: string, path = '/v1/jobs', allowedHosts: readonly string[] = []): Promise<number> => {
  const { app } = await testApi({ publicUrl: 'https://jobs.example.com', allowedHosts });
  return (await app.request(path, { headers: { host } })).status;
};

describe('Host', () => {
  it.each(['/v1/jobs', '/', '/healthz', '/openapi.json'])('is checked at %s', async (path) => {
    await expect(statusOf('evil.example:8700', path)).resolves.toBe(421);
    await expect(statusOf('localhost:8700', path)).resolves.toBe(200);
  });

  it.each([
    'localhost',
    'LOCALHOST:1',
    '127.0.0.1:8700',
    '[::1]:8700',
    '192.0.2.7',
    'jobs.example.com',
    'Jobs.Example.com:443',
  ])('may be %s', async (host) => {
    await expect(statusOf(host)).resolves.toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:127.0.0.1',
    'other.example',
    '',
  ])('may not be %j', async (host) => {
    await expect(statusOf(host)).resolves.toBe(421);
  });

  it('may be a name that the operator has added', async () => {
    await expect(statusOf('api.internal:8700', '/v1/jobs', ['api.internal'])).resolves.toBe(200);
  });

  it('may be a name with underscores, as nginx names an upstream', async () => {
    const { LODESTONE_ALLOWED_HOSTS: hosts } = readApiSettings({ LODESTONE_ALLOWED_HOSTS: 'lodestone_api' });
    await expect(statusOf('lodestone_api', '/v1/jobs', hosts)).resolves.toBe(200);
  });

  it('is refused with the settings that change it, before anything is done', async () => {
    const { app, temporal } = await testApi();
    const response = await app.request('/v1/jobs/job_1/cancel', { method: 'POST', headers: { host: 'evil.example' } });
    const { detail } = await problemOf(response);
    expect(detail).toMatch(/not known as evil\.example.*LODESTONE_PUBLIC_URL.*LODESTONE_ALLOWED_HOSTS/);
    expect(temporal.cancelled).toEqual([]);
  });
});
