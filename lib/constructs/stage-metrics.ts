import { Duration } from "aws-cdk-lib";
import { MathExpression, Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { METRICS, METRIC_NAMESPACE } from "../../lambdas/core/metrics.ts";
import type { StageName } from "../config.ts";

type MetricKey = keyof typeof METRICS;

/** The functions' own metrics of one stage, under the names that the functions use. */
export class StageMetrics {
  private readonly stage: StageName;

  constructor(stage: StageName) {
    this.stage = stage;
  }

  /** Over all tables. @param statistic such as Maximum for lags, Sum for counts */
  metric(key: MetricKey, statistic: string = Stats.MAXIMUM): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: METRICS[key],
      dimensionsMap: { Stage: this.stage },
      statistic,
      period: Duration.minutes(1),
    });
  }

  /** Of one source. */
  ofSource(key: MetricKey, source: string, statistic: string = Stats.MAXIMUM): Metric {
    return this.metric(key, statistic).with({ dimensionsMap: { Stage: this.stage, Source: source } });
  }

  /** One line per table, found when the dashboard is looked at: tables are not named in it. */
  perTable(key: MetricKey, statistic: string = Stats.MAXIMUM): IMetric {
    const search = `{${METRIC_NAMESPACE},Stage,Table} Stage="${this.stage}" MetricName="${METRICS[key]}"`;
    return new MathExpression({
      expression: `SEARCH('${search}', '${statistic}', 60)`,
      label: "",
      usingMetrics: {},
      period: Duration.minutes(1),
    });
  }
}
