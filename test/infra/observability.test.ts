import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { METRICS, METRIC_NAMESPACE } from "../../lambdas/core/metrics.ts";
import { STAGES } from "../../lib/config.ts";
import { ROOT, resourcesOf, stage } from "./synth/index.ts";

const runbook = readFileSync(join(ROOT, "docs/RUNBOOK.md"), "utf8");

/** Headings as their anchors. */
const sections = new Map(
  runbook
    .split(/^(?=### )/m)
    .filter((part) => part.startsWith("### "))
    .map((part) => {
      const [heading = "", ...body] = part.split("\n");
      return [anchor(heading.slice(4)), body.join("\n")] as const;
    }),
);

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .trim()
    .replaceAll(" ", "-");
}

const alarms = (name: (typeof STAGES)[number]): readonly Readonly<Record<string, unknown>>[] =>
  resourcesOf(stage(name).templates.Observability, "AWS::CloudWatch::Alarm").map(([, alarm]) => alarm.Properties);

const linked = (alarm: Readonly<Record<string, unknown>>): string =>
  /docs\/RUNBOOK\.md#([a-z-]+)$/.exec(String(alarm["AlarmDescription"]))?.[1] ?? "no link";

describe.each(STAGES)("observability of stage %s", (name) => {
  const { Observability } = stage(name).templates;

  it("every alarm links a section of the runbook that says what it means, what to look at and what to do", () => {
    expect(alarms(name).length).toBeGreaterThan(10);
    for (const alarm of alarms(name)) {
      const section = sections.get(linked(alarm));
      expect([alarm["AlarmDescription"], section !== undefined]).toEqual([alarm["AlarmDescription"], true]);
      for (const part of ["**Means**", "**Look**", "**Do**"]) expect(section).toContain(part);
    }
  });

  it("every section of the runbook's alarms has an alarm", () => {
    const used = new Set(alarms(name).map(linked));
    expect([...used].sort()).toEqual([...sections.keys()].sort());
  });

  it("alarms tell people, also when it is over", () => {
    for (const alarm of alarms(name)) {
      expect(alarm["AlarmActions"]).toEqual([{ Ref: expect.stringMatching(/^Topic/) }]);
      expect(alarm["OKActions"]).toEqual(alarm["AlarmActions"]);
    }
  });

  it("alarms look at plain metrics, under the names that the functions use", () => {
    const own = alarms(name).filter((alarm) => alarm["Namespace"] === METRIC_NAMESPACE);
    const known: readonly string[] = Object.values(METRICS);
    for (const alarm of own) {
      expect(known).toContain(alarm["MetricName"]);
      expect(alarm["Dimensions"]).toEqual([{ Name: "Stage", Value: name }]);
    }
    const watched = ["captureLag", "landLag", "loadLag", "freshness", "quarantined", "offsetGaps"] as const;
    expect(own.map((alarm) => alarm["MetricName"])).toEqual(
      expect.arrayContaining(watched.map((metric) => METRICS[metric])),
    );
    for (const alarm of alarms(name)) expect(alarm).toHaveProperty("MetricName");
  });

  it("takes silence as failure where somebody reports every minute, and nowhere else", () => {
    const silent = alarms(name).filter((alarm) => alarm["TreatMissingData"] === "breaching");
    expect(silent.map((alarm) => alarm["MetricName"])).toEqual([METRICS.captureLag]);
    const [{ EvaluationPeriods, DatapointsToAlarm, Period } = {}] = silent;
    // One report within the time of the alarm is enough to be no silence.
    expect({ Period, DatapointsToAlarm }).toEqual({ Period: 60, DatapointsToAlarm: EvaluationPeriods });
    expect(EvaluationPeriods).toBeGreaterThanOrEqual(3);
    const { Pipeline } = stage(name).templates;
    const [measureLag] = resourcesOf(Pipeline, "AWS::Lambda::Function").find(([id]) =>
      id.startsWith("LagMeasureLag"),
    ) ?? [""];
    const schedules = resourcesOf(Pipeline, "AWS::Scheduler::Schedule").map(([, schedule]) => schedule.Properties);
    const own = schedules.filter(({ Target }) => JSON.stringify(Target).includes(`"${measureLag}"`));
    expect(own.map(({ ScheduleExpression, State }) => [ScheduleExpression, State ?? "ENABLED"])).toEqual([
      ["rate(1 minute)", "ENABLED"],
    ]);
  });

  it("one dashboard shows the way of a row, by table where tables differ", () => {
    const dashboards = resourcesOf(Observability, "AWS::CloudWatch::Dashboard");
    expect(dashboards).toHaveLength(1);
    const body = JSON.stringify(dashboards[0]?.[1].Properties["DashboardBody"]);
    for (const metric of Object.values(METRICS)) expect(body).toContain(metric);
    expect(body).toContain("SEARCH(");
  });
});
