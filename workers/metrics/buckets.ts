/**
 * The boundaries of our histograms. The exporter's own are those of milliseconds, from 50 to 10,000, and would put nearly all of our
 * seconds into the first. Of Temporal's own histograms, those that an alert judges more finely than their boundaries allow.
 */

/** 120 and 180 are those of the alerts. */
const seconds = [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 90, 120, 180, 240, 300, 600, 1200, 3600];
const ratios = [0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 1];
const long = [1, 10, 30, 60, 120, 180, 300, 600, 1200, 1800, 3600, 7200, 21_600, 86_400];

export const histogramBuckets: Record<string, number[]> = {
  // In milliseconds. Temporal's own have nothing between 10 and 100 s; the alert is of 60 s. The exporter's prefix is no part of the name.
  activity_schedule_to_start_latency: [1, 5, 10, 30, 60, 120, 300].map((second) => second * 1000),
  lodestone_run_duration: [...seconds, 7200, 21_600],
  lodestone_limits_version_duration: seconds,
  lodestone_run_limit_ratio: ratios,
  lodestone_attempt_limit_ratio: ratios,
  lodestone_job_duration: long,
  lodestone_computer_use_duration: seconds,
  lodestone_tool_request_duration: seconds,
  lodestone_experiment_phase_duration: seconds,
};
