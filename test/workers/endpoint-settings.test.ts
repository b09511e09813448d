import { describe, expect, it } from 'vitest';
import { WorkerSettingsSchema } from '../../workers/config.ts';
import { readSettings } from '../../workflows/contract/settings.ts';

function endpoints(value: unknown) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return () => readSettings(WorkerSettingsSchema, { LODESTONE_ENDPOINTS: text }).LODESTONE_ENDPOINTS;
}

const local = { name: 'local', baseUrl: 'http://127.0.0.1:8000/v1', models: ['qwen3'] };

describe('own endpoints in the settings', () => {
  it('T12: are a list with an address and models each; an entry named as a preset changes parts of it', () => {
    expect(endpoints([local])()).toEqual([local]);
    expect(endpoints([{ name: 'glm', attemptSeconds: 120 }])()).toHaveLength(1);
    expect(endpoints('')()).toEqual([]);
  });

  it.each([
    ['must be JSON like', 'no'],
    ['needs a baseUrl and models', [{ name: 'local', models: ['qwen3'] }]],
    ['local is listed twice', [local, local]],
    ['OPENAI_BASE_URL', [{ ...local, name: 'openai' }]],
    ['attemptSeconds', [{ ...local, attemptSeconds: 0 }]],
    ['Unrecognized key', [{ ...local, retries: 3 }]],
  ])('T12: are refused with the reason (%s) and the variable, and without their keys', (reason, value) => {
    const withKey = Array.isArray(value) ? value.map((entry) => ({ ...entry, key: 'sk-secret' })) : value;
    expect(endpoints(withKey)).toThrow(/LODESTONE_ENDPOINTS/);
    expect(endpoints(withKey)).toThrow(reason);
    expect(endpoints(withKey)).not.toThrow('sk-secret');
  });

  it('T12: name the models that take over, in order', () => {
    const { LODESTONE_FALLBACK_MODELS: order } = readSettings(WorkerSettingsSchema, {
      LODESTONE_FALLBACK_MODELS: 'kimi-k3, glm-5.2',
    });
    expect(order).toEqual(['kimi-k3', 'glm-5.2']);
  });
});
