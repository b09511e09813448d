// Prometheus with its promtool, and Alertmanager, hold the alert rules and the dashboards to what real ones make of them. Only
// `npm test` needs them.
import { sourcesOfPrograms } from './distribution-program.mjs';

/** promtool is in the same folder. @type {import('./tools.mjs').Tool} */
export const prometheus = {
  key: 'prometheus',
  name: 'prometheus',
  title: 'Prometheus',
  pinned: 'any',
  required: () => false,
  use: "the tests of the alert rules (npm test only); they can't run without it",
  wayToGetIt: 'put prometheus and promtool in one folder on PATH (https://prometheus.io/download)',
  sources: (surroundings) =>
    sourcesOfPrograms(surroundings, {
      package: 'prometheus',
      megabytes: 19,
      onPath: ['prometheus'],
      executable: 'prometheus',
      beside: ['promtool'],
    }),
};

/**
 * Debian's Alertmanager reads its templates at a fixed path, which is there only where it is installed. `/usr/share` has nothing
 * else that it needs.
 */
const launchAlertmanager = `#!/bin/sh
here=$(dirname "$0")
exec bwrap --die-with-parent --dev-bind / / --tmpfs /usr/share --ro-bind "$here/share" /usr/share/prometheus/alertmanager \
  "$here/prometheus-alertmanager" "$@"
`;

/** @type {import('./tools.mjs').Tool} */
export const alertmanager = {
  key: 'alertmanager',
  name: 'alertmanager',
  title: 'Alertmanager',
  pinned: 'any',
  required: () => false,
  use: "the test that an alert reaches a webhook (npm test only); it can't run without it",
  wayToGetIt: 'put alertmanager on PATH (https://prometheus.io/download)',
  sources: (surroundings) =>
    sourcesOfPrograms(surroundings, {
      package: 'prometheus-alertmanager',
      megabytes: 11,
      onPath: ['alertmanager', 'prometheus-alertmanager'],
      executable: 'prometheus-alertmanager',
      beside: [],
      launcher: {
        name: 'alertmanager',
        script: launchAlertmanager,
        data: 'prometheus/alertmanager',
        needsProgram: 'bwrap',
      },
    }),
};
