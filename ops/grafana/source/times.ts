/** The dashboard of times and time-outs: how long work takes, what nears its limit, and what a limit ends. */
import { aMinute, quantiles, type Dashboard } from './plan.ts';

export const times: Dashboard = {
  uid: 'lodestone-times',
  title: 'Lodestone: times and time-outs',
  rows: {
    Runs: [
      {
        title: 'Duration by work',
        told: '95th percentile of the runs of steps, tools, items and experiments, without time that a person took.',
        unit: 's',
        form: 'lines',
        queries: {
          '{{work}}':
            'histogram_quantile(0.95, sum by (le, work) (rate(lodestone_run_duration_bucket[$__rate_interval])))',
        },
      },
      {
        title: 'Duration of all runs',
        told: 'Percentiles over steps, tools, items and experiments together.',
        unit: 's',
        form: 'lines',
        queries: quantiles('lodestone_run_duration'),
      },
      {
        title: 'Where the time goes',
        told: 'Run time per second of clock time, by part.',
        unit: 'short',
        form: 'lines',
        queries: {
          '{{part}}': 'sum by (part) (rate(lodestone_run_part_milliseconds[$__rate_interval])) / 1000',
        },
      },
      {
        title: 'Slow runs',
        told: 'Runs per minute that took more than 120 s and 180 s.',
        unit: 'short',
        form: 'lines',
        queries: { '{{work}} above {{seconds}} s': aMinute('lodestone_slow_runs', '', 'work', 'seconds') },
      },
    ],
    'Computer use': [
      {
        title: 'Distribution',
        told: 'Active seconds of computer-use steps over time: the darker, the more.',
        unit: 's',
        form: 'map',
        queries: { '{{le}}': 'sum by (le) (increase(lodestone_computer_use_duration_bucket[$__rate_interval]))' },
      },
      {
        title: 'Duration',
        told: 'Percentiles of the active time of computer-use steps, over all attempts.',
        unit: 's',
        form: 'lines',
        queries: {
          ...quantiles('lodestone_computer_use_duration'),
          mean: 'sum(rate(lodestone_computer_use_duration_sum[$__rate_interval])) / sum(rate(lodestone_computer_use_duration_count[$__rate_interval]))',
        },
      },
      {
        title: 'Ends and warnings',
        told: 'How runs ended, and budgets that passed 80 %, a minute.',
        unit: 'short',
        form: 'lines',
        queries: {
          '{{end}}': aMinute('lodestone_computer_use_duration_count', '', 'end'),
          'above 80 % of {{limit}}': aMinute('lodestone_budget_warnings', '', 'limit'),
        },
      },
      {
        title: 'Cold starts',
        told: 'Share of runs for which a browser or a sandbox was started.',
        unit: 'percentunit',
        form: 'lines',
        queries: {
          '{{work}}':
            'sum by (work) (rate(lodestone_run_starts{start="cold"}[$__rate_interval])) / sum by (work) (rate(lodestone_run_starts[$__rate_interval]))',
        },
      },
    ],
    'Time-outs and errors': [
      {
        title: 'Time-outs of runs',
        told: 'Runs that a limit ended, a minute, by the limit; own is that of the work itself.',
        unit: 'short',
        form: 'lines',
        queries: { '{{kind}}: {{limit}}': aMinute('lodestone_run_timeouts', '', 'kind', 'limit') },
      },
      {
        title: 'Share of runs that time out',
        told: 'Of all runs that end.',
        unit: 'percentunit',
        form: 'lines',
        queries: {
          '{{kind}}':
            'sum by (kind) (rate(lodestone_runs{outcome="timed_out"}[$__rate_interval])) / sum by (kind) (rate(lodestone_runs[$__rate_interval]))',
        },
      },
      {
        title: 'Attempts cut off, or near their limit',
        told: 'Attempts of activities, a minute.',
        unit: 'short',
        form: 'lines',
        queries: {
          '{{activity}}: {{limit}}': aMinute('lodestone_attempt_timeouts', '', 'activity', 'limit'),
          '{{activity}}: above 90 %': aMinute('lodestone_attempts_near_limit', '', 'activity'),
        },
      },
      {
        title: 'Share of the limit that runs take',
        told: '95th percentile: near 1 the limit is too tight, near 0 too loose.',
        unit: 'percentunit',
        form: 'lines',
        queries: {
          '{{work}}':
            'histogram_quantile(0.95, sum by (le, work) (rate(lodestone_run_limit_ratio_bucket[$__rate_interval])))',
        },
      },
      {
        title: 'Errors of activities',
        told: 'Failed attempts, a minute, by type.',
        unit: 'short',
        form: 'lines',
        queries: { '{{type}}': aMinute('lodestone_attempt_errors', '', 'type') },
      },
    ],
    Jobs: [
      {
        title: 'Time of jobs',
        told: 'Percentiles from the submission to the end.',
        unit: 's',
        form: 'lines',
        queries: quantiles('lodestone_job_duration'),
      },
      {
        title: 'Outcomes',
        told: 'Ended jobs, a minute.',
        unit: 'short',
        form: 'lines',
        queries: { '{{outcome}}': aMinute('lodestone_jobs', '', 'outcome') },
      },
    ],
    'Versions of limits': [
      {
        title: 'Duration by version',
        told: '95th percentile of runs by the version of the limits that was in force: a canary against the version before.',
        unit: 's',
        form: 'lines',
        queries: quantiles('lodestone_limits_version_duration', '', 'version'),
      },
      {
        title: 'Errors by version',
        told: 'Share of runs that failed or timed out; cancelled runs are no errors.',
        unit: 'percentunit',
        form: 'lines',
        queries: {
          'version {{version}}: {{work}}':
            'sum by (version, work) (rate(lodestone_limits_version_duration_count{outcome!~"succeeded|cancelled"}[$__rate_interval])) / sum by (version, work) (rate(lodestone_limits_version_duration_count[$__rate_interval]))',
        },
      },
    ],
  },
};
