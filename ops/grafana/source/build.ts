/** Makes Grafana's form of a dashboard, by the library that Grafana generates from its own schemas. */
import { DashboardBuilder, DatasourceVariableBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Dashboard, Panel } from './plan.ts';

/** Whoever has several Prometheus chooses one above the dashboard. */
const source = { type: 'prometheus', uid: '${source}' };

/** The dashboard as JSON that Grafana imports. */
export function dashboardJson({ uid, title, rows }: Dashboard): string {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .tags(['lodestone'])
    .refresh('1m')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('source').label('Prometheus').type('prometheus'));
  for (const [name, panels] of Object.entries(rows)) {
    dashboard.withRow(new RowBuilder(name));
    for (const panel of panels) dashboard.withPanel(builtPanel(panel));
  }
  return `${JSON.stringify(dashboard.build(), null, 2)}\n`;
}

function builtPanel(panel: Panel): HeatmapBuilder | StatBuilder | TimeseriesBuilder {
  const builder = emptyPanel(panel.form)
    .title(panel.title)
    .description(panel.told)
    .unit(panel.unit)
    .datasource(source)
    .height(8)
    .span(12);
  Object.entries(panel.queries).forEach(([legend, query], index) => {
    const target = new DataqueryBuilder()
      .expr(query)
      .legendFormat(legend)
      .refId(String.fromCodePoint(firstLetter + index))
      .datasource(source)
      .format(panel.form === 'map' ? PromQueryFormat.Heatmap : PromQueryFormat.TimeSeries);
    builder.withTarget(target);
  });
  return builder;
}

const firstLetter = 65;

function emptyPanel(form: Panel['form']): HeatmapBuilder | StatBuilder | TimeseriesBuilder {
  switch (form) {
    case 'lines':
      return new TimeseriesBuilder().min(0);
    case 'number':
      return new StatBuilder();
    case 'map':
      return new HeatmapBuilder().calculate(false);
  }
}
