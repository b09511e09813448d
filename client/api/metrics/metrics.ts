/** The API's own metrics for Prometheus: its requests, how many experiments there are, and how busy the workers are. */
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { Gauge, Histogram, Registry } from 'prom-client';
import type { AcrossTenants } from '../../../store/across-tenants.ts';
import type { Store } from '../../../store/store.ts';

export interface ApiMetrics {
  /** Counts requests by their route, method and status, and how long each took to be answered. */
  readonly measured: MiddlewareHandler;
  readonly registry: Registry;
}

export interface MetricsSources {
  readonly store: Store;
  readonly acrossTenants: AcrossTenants;
  readonly now: () => Date;
}

/** Strangers may send any word as the method. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

export function createApiMetrics(sources: MetricsSources): ApiMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'lodestone_api_request_duration_seconds',
    help: 'Requests by route, method and status; a stream counts until it begins',
    labelNames: ['route', 'method', 'status'],
    buckets,
    registers,
  });
  addStoreGauges(registers, sources);
  return {
    async measured(context, next) {
      const end = requests.startTimer();
      try {
        await next();
      } finally {
        const method = methods.has(context.req.method) ? context.req.method : 'other';
        end({ route: routePath(context, -1), method, status: context.res.status });
      }
    },
    registry,
  };
}

/** Read from the store whenever Prometheus asks. */
function addStoreGauges(registers: Registry[], { store, acrossTenants, now }: MetricsSources): void {
  const experiments = new Gauge({
    name: 'lodestone_experiments',
    help: 'Experiments that are kept, by state',
    labelNames: ['state'],
    registers,
    async collect() {
      experiments.reset();
      for (const [state, count] of Object.entries(await store.experimentViews.counts())) {
        experiments.set({ state }, count);
      }
    },
  });
  const slots = new Gauge({
    name: 'lodestone_worker_slots',
    help: 'Activities that workers run, and those that they could run besides',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      slots.reset();
      for (const { queue, busy, slots: all } of await acrossTenants.workerBeats.list(now())) {
        slots.inc({ queue, state: 'busy' }, busy);
        slots.inc({ queue, state: 'free' }, all - busy);
      }
    },
  });
  const blocked = new Gauge({
    name: 'lodestone_model_blocked',
    help: 'Models that are not called now, by why: the circuit breaker, or the rate limit of the provider',
    labelNames: ['model', 'by'],
    registers,
    async collect() {
      blocked.reset();
      for (const { model, by } of await acrossTenants.blockedModels(now())) blocked.set({ model, by }, 1);
    },
  });
}
