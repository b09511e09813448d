/** Answers of the tools that need no model. */
import type { z } from 'zod';
import type { Store } from '../../store/store.ts';
import type { Providers } from '../llm/providers/routing.ts';
import { tools } from '../../workflows/contract/tools/catalogue.ts';
import { toolLimits, type ToolLimitChoices } from '../../workflows/contract/tools/limits.ts';
import type { ModelsSchema, ToolStatusSchema } from '../../workflows/contract/tools/local.ts';

export interface LocalDependencies {
  readonly store: Store;
  readonly defaultModel: string;
  readonly expertModel: string;
  /** Models that the operator has given a price. */
  readonly pricedModels: readonly string[];
  readonly providers: Pick<Providers, 'list'>;
  readonly toolChoices: ToolLimitChoices;
}

/** As JSON. */
export async function localAnswer(dependencies: LocalDependencies, about: 'models' | 'status'): Promise<string> {
  return JSON.stringify(about === 'models' ? models(dependencies) : await state(dependencies));
}

function models(dependencies: LocalDependencies): z.infer<typeof ModelsSchema> {
  const { defaultModel, expertModel, pricedModels, providers } = dependencies;
  const others = pricedModels.filter((model) => model !== defaultModel && model !== expertModel);
  const listed = providers.list([defaultModel, expertModel, ...pricedModels]);
  return { default: defaultModel, expert: expertModel, priced: others, providers: [...listed] };
}

async function state({ store, toolChoices }: LocalDependencies): Promise<z.infer<typeof ToolStatusSchema>> {
  return {
    requests: await store.toolRequests.counts(),
    tools: tools.map(({ name, title }) => ({
      name,
      title,
      requestSeconds: toolLimits(toolChoices, name).requestSeconds,
    })),
  };
}
