import { encode as encodeJpeg } from 'jpeg-js';
import OpenAI, { AuthenticationError } from 'openai';
import { describe, expect, it } from 'vitest';
import type { BrainAnswer } from '../../../demo/model-server/brains/brain.ts';
import { callIn, clickThere, drawPng, model, refusalOf, shown, start, textAnswer, type Harness } from './harness.ts';

const tools = [{ type: 'computer' as const }];
const previewTool = {
  type: 'computer_use_preview' as const,
  display_width: 1280,
  display_height: 800,
  environment: 'browser' as const,
};

function drawJpeg(): Buffer {
  return encodeJpeg({ width: 16, height: 8, data: Buffer.alloc(16 * 8 * 4, 120) }).data;
}

function jpegUrl(bytes: Buffer): string {
  return `data:image/jpeg;base64,${bytes.toString('base64')}`;
}

async function afterClick(
  rest: readonly BrainAnswer[] = [],
): Promise<Harness & { responseId: string; callId: string }> {
  const harness = await start([clickThere, ...rest]);
  const response = await harness.client.responses.create({ model, input: 'Click', tools });
  return { ...harness, responseId: response.id, callId: callIn(response).call_id };
}

/** Asks without the openai package, which would not send such a request. */
async function ask(
  url: string,
  request: { path?: string; method?: string; key?: string; body?: string },
): Promise<{ status: number; body: unknown }> {
  const { path = '/responses', method = 'POST', key = 'a-key', body } = request;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: await response.json() };
}

describe('a computer call', () => {
  it('has to be answered', async () => {
    const { client, responseId, callId } = await afterClick();
    const child = client.responses.create({ model, input: 'Go on', previous_response_id: responseId });
    expect(await refusalOf(child)).toEqual({
      status: 400,
      type: 'invalid_request_error',
      param: 'input',
      code: null,
      message: `No tool output found for computer call ${callId}.`,
    });
  });

  it('has to be answered under its own call_id', async () => {
    const { client, responseId } = await afterClick();
    const input = [shown('call_of_someone_else')];
    const child = client.responses.create({ model, input, previous_response_id: responseId });
    expect(await refusalOf(child)).toMatchObject({
      status: 400,
      message: 'No tool call found for computer call output with call_id call_of_someone_else.',
    });
  });

  it('is answered once', async () => {
    const { client, responseId, callId } = await afterClick();
    const input = [shown(callId), shown(callId)];
    const child = client.responses.create({ model, input, previous_response_id: responseId });
    expect(await refusalOf(child)).toMatchObject({ status: 400, param: 'input' });
  });

  it('goes on only when its safety checks are acknowledged', async () => {
    const checks = [{ id: 'cu_sc_1', code: 'malicious_instructions', message: 'The page gives orders.' }];
    const { client } = await start([{ ...clickThere, safetyChecks: checks }, textAnswer('Done.')]);
    const response = await client.responses.create({ model, input: 'Click', tools });
    const call = callIn(response);
    expect(call.pending_safety_checks).toEqual(checks);
    const answer = shown(call.call_id);
    const refused = client.responses.create({ model, input: [answer], previous_response_id: response.id });
    expect(await refusalOf(refused)).toMatchObject({
      status: 400,
      message: "Computer tool has unacknowledged safety check for ['cu_sc_1']",
    });
    const input = [{ ...answer, acknowledged_safety_checks: checks }];
    const child = await client.responses.create({ model, input, previous_response_id: response.id });
    expect(child.output_text).toBe('Done.');
  });
});

describe('a picture', () => {
  it('may be a JPEG', async () => {
    const { client, brain, responseId, callId } = await afterClick([textAnswer('Seen.')]);
    const input = [shown(callId, jpegUrl(drawJpeg()))];
    await client.responses.create({ model, input, previous_response_id: responseId });
    expect(brain.turns[1]?.screenshot).toMatchObject({ width: 16, height: 8 });
    expect(brain.turns[1]?.screenshot?.data).toHaveLength(16 * 8 * 4);
  });

  it.each([
    ['that is cut', drawPng().slice(0, 80), 'image_parse_error'],
    ['that is a JPEG and cut', jpegUrl(drawJpeg().subarray(0, 300)), 'image_parse_error'],
    ['of no known kind', 'data:image/png;base64,bm90IGEgcGljdHVyZQ==', 'image_parse_error'],
    ['that is no data URL', 'a picture of a cat', 'invalid_value'],
    ['on another server', 'https://example.com/cat.png', 'failed_to_download_image'],
  ])('%s is refused', async (_, url, code) => {
    const { client, responseId, callId } = await afterClick();
    const child = client.responses.create({ model, input: [shown(callId, url)], previous_response_id: responseId });
    expect(await refusalOf(child)).toMatchObject({ status: 400, code, param: 'input[0].output.image_url' });
  });
});

describe('the preview form', () => {
  it('gives one action a call, and needs truncation to be auto', async () => {
    const { client } = await start([clickThere], { allowRetiredModels: true });
    const body = { model: 'computer-use-preview', input: 'Click', tools: [previewTool] };
    expect(await refusalOf(client.responses.create(body))).toMatchObject({ status: 400, param: 'truncation' });
    const call = callIn(await client.responses.create({ ...body, truncation: 'auto' }));
    expect(call.action).toEqual({ type: 'click', x: 10, y: 20, button: 'left' });
    expect(call.actions).toBeUndefined();
  });

  it('is refused several actions by its brain', async () => {
    const wait = { type: 'wait' as const };
    const { client } = await start([{ kind: 'computer', actions: [wait, wait] }]);
    const request = client.responses.create({ model, input: 'Wait', tools: [previewTool], truncation: 'auto' });
    expect(await refusalOf(request)).toMatchObject({ status: 500 });
  });
});

describe('a model', () => {
  it('reports when it is shut down', async () => {
    const { client } = await start([]);
    expect(await client.models.retrieve('computer-use-preview')).toMatchObject({ shutdown_date: '2026-07-23' });
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, shutdown_date: null });
    const listed = await client.models.list();
    expect(listed.data.map(({ id }) => id)).toContain(model);
  });

  it('that is unknown or was shut down does not answer', async () => {
    const { client } = await start([]);
    for (const name of ['gpt-nine', 'computer-use-preview']) {
      const request = client.responses.create({ model: name, input: 'Hello' });
      expect(await refusalOf(request)).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
    }
    expect(await refusalOf(client.models.retrieve('gpt-nine'))).toMatchObject({ status: 404, code: 'model_not_found' });
  });
});

describe('a request', () => {
  it('needs a key, and the right one where one is set', async () => {
    const { server } = await start([], { apiKey: 'the-key' });
    expect(await ask(server.url, { key: '' })).toMatchObject({ status: 401, body: { error: { code: null } } });
    expect(await ask(server.url, { key: 'another' })).toMatchObject({
      status: 401,
      body: { error: { code: 'invalid_api_key' } },
    });
    const client = new OpenAI({ apiKey: 'another', baseURL: server.url, maxRetries: 0 });
    await expect(client.models.list()).rejects.toBeInstanceOf(AuthenticationError);
  });

  it.each([
    ['that is no JSON', '{"model":', null, null],
    ['without a model', '{"input":"Hello"}', 'model', 'missing_required_parameter'],
    ['without an input', `{"model":"${model}"}`, 'input', 'missing_required_parameter'],
    ['with an input of the wrong type', `{"model":"${model}","input":7}`, 'input', 'invalid_value'],
    [
      'with an output that has no call_id',
      `{"model":"${model}","input":[{"type":"computer_call_output","output":{}}]}`,
      'input[0].call_id',
      'missing_required_parameter',
    ],
    [
      'in the background that is not to be kept',
      `{"model":"${model}","input":"Hello","background":true,"store":false}`,
      'background',
      null,
    ],
  ])('%s is malformed', async (_, body, param, code) => {
    const { server } = await start([]);
    const refusal = await ask(server.url, { body });
    expect(refusal).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error', param, code } } });
  });

  it('may hold fields that the stand-in knows nothing of', async () => {
    const { server } = await start([textAnswer('Hello.')]);
    const body = JSON.stringify({ model, input: 'Hello', service_tier: 'flex', something_new: { of: 'next year' } });
    expect(await ask(server.url, { body })).toMatchObject({ status: 200, body: { status: 'completed' } });
  });

  it('for a route that is none is refused', async () => {
    const { server } = await start([]);
    expect(await ask(server.url, { path: '/embeddings', body: '{}' })).toMatchObject({
      status: 404,
      body: { error: { message: 'Invalid URL (POST /v1/embeddings)' } },
    });
  });

  it('fails when the script of the brain is at its end', async () => {
    const { client, server } = await start([]);
    const refusal = await refusalOf(client.responses.create({ model, input: 'Hello' }));
    expect(refusal['status']).toBe(500);
    expect(refusal['message']).toContain('the script holds 0 answers, and turn 1 was asked');
    expect(server.journal.entries[0]).toMatchObject({ httpStatus: 500, usage: null });
  });
});
