import { describe, expect, it } from 'vitest';
import { endpointsOf, type EndpointSetting } from '../../../../activities/llm/providers/endpoints.ts';
import { createProviders } from '../../../../activities/llm/providers/provider-list.ts';
import { createRoutedModel } from '../../../../activities/llm/providers/routing.ts';
import { createOpenAiModel } from '../../../../activities/llm/openai-model.ts';
import { model as gpt, start, textAnswer } from '../../../demo/model-server/harness.ts';
import { chatRequest } from '../../../support/llm/chat.ts';

const price = { input: 1, cachedInput: 0.1, output: 5 };

function routed(url: string, settings: readonly EndpointSetting[] = [], keys = { ZAI_API_KEY: 'a-key' }) {
  const openAi = createOpenAiModel({ apiKey: 'a-key', baseUrl: url, prices: {} });
  const limits: string[] = [];
  const providers = createProviders({
    endpoints: endpointsOf(settings, keys),
    prices: { qwen3: price },
    openAi: { model: openAi, host: 'api.openai.com', hasKey: true },
    onLimits: (key) => limits.push(key),
  });
  return { providers, model: createRoutedModel(providers, openAi), limits };
}

const local: EndpointSetting = { name: 'local', baseUrl: 'http://127.0.0.1:1/v1', models: ['qwen3', 'team/qwen3'] };

describe('the name of a model', () => {
  it.each([
    ['glm-5.2', 'glm', 'glm-5.2'],
    ['glm/glm-9', 'glm', 'glm-9'],
    ['kimi-k3', 'kimi', 'kimi-k3'],
    ['qwen3', 'local', 'qwen3'],
    ['team/qwen3', 'local', 'team/qwen3'],
    ['local/other', 'local', 'other'],
    [gpt, 'openai', gpt],
    [`openai/${gpt}`, 'openai', gpt],
  ])('T03: %s leads to %s, which knows it as %s', (name, provider, model) => {
    const { providers } = routed('http://127.0.0.1:1/v1', [local]);
    expect(providers.route(name)).toMatchObject({ provider: { name: provider }, model });
  });

  it('that nobody serves is an error at once, which names the known ones and how to add one', async () => {
    const { model } = routed('http://127.0.0.1:1/v1', [local]);
    const asked = model.create({ ...chatRequest, model: 'nonsense' });
    await expect(asked).rejects.toMatchObject({ type: 'step_definition', nonRetryable: true });
    await expect(asked).rejects.toThrow(/qwen3.*glm-5\.2.*kimi-k3.*openai.*LODESTONE_ENDPOINTS.*LODESTONE_PRICES/);
  });

  it('whose key is not set is an error at once, which names the variable', async () => {
    const { model } = routed('http://127.0.0.1:1/v1');
    const asked = model.create({ ...chatRequest, model: 'kimi-k3' });
    await expect(asked).rejects.toMatchObject({ type: 'provider_authentication' });
    await expect(asked).rejects.toThrow('MOONSHOT_API_KEY');
  });

  it('T26: is listed under its provider, with whether the key is set and the price known', () => {
    const { providers } = routed('http://127.0.0.1:1/v1', [local]);
    expect(providers.list([gpt, 'local/other'])).toMatchObject([
      {
        name: 'local',
        hasKey: false,
        problem: null,
        models: [
          { name: 'qwen3', isPriced: true },
          { name: 'team/qwen3', isPriced: false },
          { name: 'other', isPriced: false },
        ],
      },
      { name: 'glm', hasKey: true, problem: null },
      { name: 'kimi', hasKey: false, problem: expect.stringContaining('MOONSHOT_API_KEY') },
      { name: 'openai', hasKey: true, models: [{ name: gpt, isPriced: true }] },
    ]);
    const glm = providers.list([]).find(({ name }) => name === 'glm');
    expect(glm?.models).toContainEqual({ name: 'glm-5.2', isPriced: true });
  });

  it('leads to a preset at the address that the settings give it', async () => {
    const { server } = await start([textAnswer('From GLM.')]);
    const { model } = routed('http://127.0.0.1:1/v1', [{ name: 'glm', baseUrl: server.url }]);
    expect(await model.create({ ...chatRequest, model: 'glm/glm-5.2' })).toMatchObject({ text: 'From GLM.' });
    expect(server.journal.entries).toMatchObject([{ path: '/v1/chat/completions', model: 'glm-5.2' }]);
  });
});

describe('the price of a model', () => {
  const tokens = { inputTokens: 1_000_000, cachedInputTokens: 0, outputTokens: 1_000_000 };

  it('is that of its provider, which differs by its address', () => {
    const { providers } = routed('http://127.0.0.1:1/v1');
    expect(providers.priceOf('glm-5.2', tokens)).toBeCloseTo(5.8);
    const china = { name: 'glm', baseUrl: 'https://open.bigmodel.cn/api/paas/v4' };
    expect(routed('http://127.0.0.1:1/v1', [china]).providers.priceOf('glm-5.2', tokens)).toBeCloseTo(4.965);
    expect(providers.priceOf('kimi-k3', tokens)).toBeCloseTo(18);
    expect(providers.priceOf(gpt, tokens)).toBeCloseTo(5.25);
  });

  it('is the operator’s where one is set, and an error where none is known', () => {
    const { providers } = routed('http://127.0.0.1:1/v1', [local]);
    expect(providers.priceOf('qwen3', tokens)).toBeCloseTo(6);
    expect(() => providers.priceOf('glm-4.7', tokens)).toThrow('LODESTONE_PRICES');
  });
});

describe('a provider', () => {
  it('has rate limiters and a circuit breaker for each model', () => {
    const { providers } = routed('http://127.0.0.1:1/v1');
    expect(providers.limiterKey('glm/glm-5.2')).toBe('glm/glm-5.2');
    expect(providers.limiterKey(gpt)).toBe(`api.openai.com/${gpt}`);
    expect(providers.limiterKey('nonsense')).toBe('nonsense');
  });

  it('P28: without a batch API says so', () => {
    const { providers } = routed('http://127.0.0.1:1/v1');
    expect(providers.batchProblemOf(gpt)).toBeNull();
    expect(providers.batchProblemOf('glm-5.2')).toContain('no batch API');
    expect(providers.batchProblemOf('nonsense')).toContain('no provider serves');
  });
});
