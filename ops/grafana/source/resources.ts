/** The dashboard of resources and cost: queues, models, memory, disk, and what batches, tools and experiments do. */
import { aMinute, quantiles, type Dashboard } from './plan.ts';

export const resources: Dashboard = {
  uid: 'lodestone-resources',
  title: 'Lodestone: resources and cost',
  rows: {
    Cost: [
      {
        title: 'Cost an hour, by work',
        told: 'Of ended runs, at the prices that workers know.',
        unit: 'currencyUSD',
        form: 'lines',
        queries: {
          '{{work}}': '3600 * sum by (work) (rate(lodestone_run_cost_microusd[$__rate_interval])) / 1e6',
        },
      },
      {
        title: 'Cost an hour, by model',
        told: 'Of ended runs; none is what no model was asked for.',
        unit: 'currencyUSD',
        form: 'lines',
        queries: {
          '{{model}}': '3600 * sum by (model) (rate(lodestone_run_cost_microusd[$__rate_interval])) / 1e6',
        },
      },
      {
        title: 'Tokens a minute',
        told: 'Of ended runs.',
        unit: 'short',
        form: 'lines',
        queries: { '{{direction}}': aMinute('lodestone_run_tokens', '', 'direction') },
      },
    ],
    Queues: [
      {
        title: 'Slots',
        told: 'Busy and free slots of the workers.',
        unit: 'short',
        form: 'lines',
        queries: { '{{queue}} {{state}}': 'max by (queue, state) (lodestone_worker_slots)' },
      },
      {
        title: 'Wait for a worker',
        told: '95th percentile of the time from when an activity is scheduled until a worker takes it, by Temporal.',
        unit: 'ms',
        form: 'lines',
        queries: {
          '{{task_queue}}':
            'histogram_quantile(0.95, sum by (le, task_queue) (rate(temporal_activity_schedule_to_start_latency_bucket[$__rate_interval])))',
        },
      },
      {
        title: 'Workflow tasks',
        told: '95th percentile of the time that a step of a workflow takes, by Temporal.',
        unit: 'ms',
        form: 'lines',
        queries: {
          '{{task_queue}}':
            'histogram_quantile(0.95, sum by (le, task_queue) (rate(temporal_workflow_task_execution_latency_bucket[$__rate_interval])))',
        },
      },
    ],
    Providers: [
      {
        title: 'Models that are not called',
        told: 'The circuit breaker is open, or the rate limit of the provider is reached.',
        unit: 'short',
        form: 'lines',
        queries: { '{{model}}: {{by}}': 'max by (model, by) (lodestone_model_blocked)' },
      },
      {
        title: 'Failed calls of batches',
        told: 'A minute, by type.',
        unit: 'short',
        form: 'lines',
        queries: { '{{type}}': aMinute('lodestone_batch_failed_attempts', '', 'type') },
      },
    ],
    Machines: [
      {
        title: 'Memory',
        told: 'Of workers with what they have started, and of machines.',
        unit: 'percentunit',
        form: 'lines',
        queries: {
          '{{instance}}': 'lodestone_worker_memory_ratio',
          'machine {{host}}': 'max by (host) (lodestone_machine_memory_ratio)',
        },
      },
      {
        title: 'Memory of workers',
        told: 'With browsers and sandboxes.',
        unit: 'bytes',
        form: 'lines',
        queries: { '{{instance}}': 'lodestone_worker_memory_bytes' },
      },
      {
        title: 'Disk',
        told: 'Share of the disk of the data folder that is used.',
        unit: 'percentunit',
        form: 'number',
        queries: { used: 'max(lodestone_disk_used_ratio)' },
      },
      {
        title: 'Restarts',
        told: 'Parts of npm start that died within an hour.',
        unit: 'short',
        form: 'lines',
        queries: { '{{part}}': 'sum by (part) (increase(lodestone_part_restarts_total[1h]))' },
      },
    ],
    'API and tools': [
      {
        title: 'Requests of the API',
        told: 'Percentiles of their seconds.',
        unit: 's',
        form: 'lines',
        queries: quantiles('lodestone_api_request_duration_seconds'),
      },
      {
        title: 'Requests of tools',
        told: 'A minute, by outcome.',
        unit: 'short',
        form: 'lines',
        queries: { '{{tool}}: {{outcome}}': aMinute('lodestone_tool_requests', '', 'tool', 'outcome') },
      },
    ],
    'Batches and experiments': [
      {
        title: 'Items of batches',
        told: 'Ended, a minute.',
        unit: 'short',
        form: 'lines',
        queries: { '{{status}}': aMinute('lodestone_batch_items', '', 'status') },
      },
      {
        title: 'Experiments that wait',
        told: 'For a worker: how many, and how many seconds the first.',
        unit: 'short',
        form: 'lines',
        queries: {
          waiting: 'max(lodestone_experiments_waiting)',
          'seconds of the first': 'max(lodestone_experiment_wait_seconds)',
        },
      },
      {
        title: 'Ends of experiments',
        told: 'An hour.',
        unit: 'short',
        form: 'lines',
        queries: { '{{state}}': 'sum by (state) (increase(lodestone_experiment_ends[1h]))' },
      },
      {
        title: 'Phases of experiments',
        told: '95th percentile of their seconds.',
        unit: 's',
        form: 'lines',
        queries: {
          '{{phase}}':
            'histogram_quantile(0.95, sum by (le, phase) (rate(lodestone_experiment_phase_duration_bucket[$__rate_interval])))',
        },
      },
    ],
  },
};
