import { expect, it } from 'vitest';
import { apiMetricsOf, metricsOf, partMetricsAddress } from '../../../workers/local/parts.ts';
import { queueKinds } from '../../../workflows/contract/names.ts';

it('A11: workers of one machine serve their metrics at ports of their own', () => {
  const ports = (address?: string) =>
    queueKinds.map((kind) => metricsOf(kind, { LODESTONE_METRICS_ADDRESS: address }).LODESTONE_METRICS_ADDRESS);
  expect(ports('127.0.0.1:9464')).toEqual(['9464', '9465', '9466', '9467', '9468'].map((port) => `127.0.0.1:${port}`));
  expect(ports('[::1]:9464')[2]).toBe('[::1]:9466');
  expect(partMetricsAddress({ LODESTONE_METRICS_ADDRESS: '[::1]:9464' })).toEqual({ host: '::1', port: 9469 });
  const [api, mine] = [
    { LODESTONE_API_METRICS_ADDRESS: '127.0.0.1:9470' },
    { LODESTONE_API_METRICS_ADDRESS: '127.0.0.1:1' },
  ];
  expect(apiMetricsOf({ LODESTONE_METRICS_ADDRESS: '127.0.0.1:9464' })).toEqual(api);
  expect(apiMetricsOf({ LODESTONE_METRICS_ADDRESS: '127.0.0.1:9464', ...mine })).toEqual({});
  expect(new Set(ports())).toEqual(new Set([undefined]));
});
