import { describe, expect, it } from "@jest/globals";
import { configFrom, configOf } from "../../lib/config.ts";
import { feedingSources } from "../../lib/sources.ts";
import type { SourceConfig } from "../../lib/sources.ts";
import { METRICS } from "../../lambdas/core/metrics.ts";
import { column, int } from "../../schemas/model/column.ts";
import { defineTable } from "../../schemas/model/table.ts";
import { report, resourcesOf, stage } from "./synth/index.ts";
import type { Resource } from "./synth/shape.ts";

const three = report.sources.templates;
const one = stage("prod").templates;

describe("a deployment with several sources", () => {
  it("keeps every resource of the first one: nothing that a deployment with one has is replaced", () => {
    for (const part of ["Data", "Pipeline", "Observability"] as const) {
      for (const [id, resource] of Object.entries(one[part].Resources)) {
        expect([part, id, three[part].Resources[id]?.Type]).toEqual([part, id, resource.Type]);
      }
    }
  });

  it("keeps the ids that deployments have had since there was one source only", () => {
    const ids = Object.keys({ ...one.Pipeline.Resources, ...one.Observability.Resources });
    expect(ids).toEqual(
      expect.arrayContaining([
        "CaptureChangesFunction227D6069",
        "CaptureSnapshotFunctionDA214AA7",
        "LagMeasureLagFunction8AF3AB20",
        "ResyncsResyncTablesFunction45C7916F",
        "ReconciliationReconcileTableFunction74D84292",
        "CopyMachine9751AB8D",
        "CaptureEveryMinuteScheduleE301C687",
        "AlarmsCaptureLagAlarm07C59848",
        "AlarmsCopyFailedAlarm700C714E",
      ]),
    );
  });

  it("gives each source's functions its place, its secret and its areas", () => {
    const functions = resourcesOf(three.Pipeline, "AWS::Lambda::Function").map(([, { Properties }]) => Properties);
    const variables = functions.map(
      (properties) => (properties["Environment"] as { Variables: Record<string, string> }).Variables,
    );
    const of = (name: string) => variables.filter((found) => found["SOURCE_NAME"] === name);
    // capture-changes, capture-snapshot, measure-lag, reconcile-table
    expect(["source", "orders-eu", "stock"].map((name) => of(name).length)).toEqual([4, 4, 4]);
    for (const found of of("orders-eu")) {
      expect(found).toMatchObject({
        ...{ SOURCE_HOST: "orders.millrace.internal", SOURCE_PORT: "3307", SOURCE_SECRET: "millrace/prod/orders" },
        SOURCE_AREAS: "orders,returns",
      });
    }
    const resyncs = variables.filter((found) => "COPY_MACHINE_ARN" in found);
    expect(resyncs.map((found) => found["SOURCE_AREAS"]).sort()).toEqual(["classicmodels", "orders,returns", "stock"]);
    expect(new Set(resyncs.map((found) => JSON.stringify(found["COPY_MACHINE_ARN"]))).size).toBe(3);
  });

  it("reads under replication server ids that no two of them share", () => {
    const functions = resourcesOf(three.Pipeline, "AWS::Lambda::Function");
    const ids = functions.flatMap(([, { Properties }]) => {
      const { Variables } = Properties["Environment"] as { Variables: Record<string, string> };
      const base = Variables["SERVER_ID_BASE"];
      const runs = base === undefined ? [] : Array.from({ length: 16 }, (_, turn) => Number(base) + turn);
      const anchor = Variables["ANCHOR_SERVER_ID"];
      return [...runs, ...(anchor === undefined ? [] : [Number(anchor)])];
    });
    expect(ids).toHaveLength(3 * 18);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.min(...ids)).toBe(configOf("prod").capture.serverIdBase);
  });

  it("reaches every source's port, and no other", () => {
    const [, clients] = resourcesOf(three.Data, "AWS::EC2::SecurityGroup").find(([id]) =>
      id.includes("SourceClients"),
    ) as readonly [string, Resource];
    const egress = clients.Properties["SecurityGroupEgress"] as readonly { readonly FromPort: number }[];
    expect(egress.map(({ FromPort }) => FromPort).sort()).toEqual([3306, 3307]);
  });

  it("lets each source's captures write to its own topics only", () => {
    const policies = resourcesOf(three.Pipeline, "AWS::IAM::Policy");
    const ofStock = policies.find(([id]) => id.startsWith("CaptureStockChangesFunctionServiceRole"));
    const text = JSON.stringify(ofStock?.[1].Properties["PolicyDocument"]);
    expect(text).toContain("/stock_*");
    expect(text).not.toContain("/orders_*");
  });

  it("alarms for each source by itself: one that is measured does not hide another", () => {
    const alarms = resourcesOf(three.Observability, "AWS::CloudWatch::Alarm").map(([, { Properties }]) => Properties);
    const lag = alarms.filter((alarm) => alarm["MetricName"] === METRICS.captureLag);
    expect(lag.map((alarm) => alarm["TreatMissingData"])).toEqual(["breaching", "breaching", "breaching"]);
    const dimensions = lag.map((alarm) => alarm["Dimensions"] as readonly { Name: string; Value: string }[]);
    expect(dimensions.map((found) => found.find(({ Name }) => Name === "Source")?.Value).sort()).toEqual([
      "orders-eu",
      "source",
      "stock",
    ]);
    expect(alarms.filter((alarm) => alarm["MetricName"] === "ExecutionsFailed")).toHaveLength(3);
  });

  it("tells the command line which source feeds what", () => {
    const outputs = three.Pipeline.Outputs ?? {};
    expect(JSON.parse(String(outputs["Sources"]?.Value))).toEqual([
      { name: "source", areas: ["classicmodels"], suffix: "" },
      { name: "orders-eu", areas: ["orders", "returns"], suffix: "OrdersEu" },
      { name: "stock", areas: ["stock"], suffix: "Stock" },
    ]);
    for (const name of ["CopyMachineArn", "CaptureChangesName", "MeasureLagName", "ReconcileTableName"]) {
      expect(Object.keys(outputs)).toEqual(expect.arrayContaining([name, `${name}OrdersEu`, `${name}Stock`]));
    }
  });

  it("stays within CloudFormation's limits", () => {
    const perSource =
      (Object.keys(three.Pipeline.Resources).length - Object.keys(one.Pipeline.Resources).length - 6) / 2;
    // 200 tables and five sources fit into a stack of 500 resources.
    const resources = Object.keys(one.Pipeline.Resources).length;
    const mappings = resourcesOf(one.Pipeline, "AWS::Lambda::EventSourceMapping").length;
    expect(mappings).toBeGreaterThan(0);
    expect(resources - mappings + 200 + 4 * perSource).toBeLessThan(500);
  });
});

describe("the sources of a stage", () => {
  const table = (area: string) =>
    defineTable({
      area: { name: area, database: area.replace(/_.*/, "") },
      name: "t",
      comment: "Synthetic.",
      columns: { id: column("id", int()) },
      key: ["id"],
    });
  const tables = ["shop", "orders"].map(table);
  const source = (name: string, areas?: readonly string[]): SourceConfig => ({
    ...{ name, host: "h", port: 3306, secretName: "s", tls: "off" as const },
    ...(areas && { areas }),
  });

  it("feed what they name; one may take the rest", () => {
    const feeding = feedingSources([source("source"), source("second", ["orders"])], tables);
    expect(feeding.map(({ name, areas, index }) => [name, areas, index])).toEqual([
      ["source", ["shop"], 0],
      ["second", ["orders"], 1],
    ]);
  });

  it.each([
    [[source("a", ["shop"])], "area orders has no source: name it in the areas of one"],
    [[source("a"), source("b")], "only one source may leave out its areas"],
    [[source("a"), source("b", ["shop"]), source("c", ["shop"])], "area shop has two sources"],
    [[source("a"), source("b", ["shpo"])], "source b feeds area shpo, which has no tables in schemas/sources"],
    [[source("a"), source("b", ["shop", "orders"])], "source a feeds no area"],
    [[source("a"), source("a", ["shop"])], "two sources are called a"],
    [[source("A b")], 'source "A b": a name has lower-case letters and digits'],
  ])("that do not fit are refused with a sentence: %#", (sources, message) => {
    const [first, ...others] = sources;
    if (first === undefined) throw new Error("a source is needed");
    expect(() => feedingSources([first, ...others], tables)).toThrow(message);
  });

  it("may have databases of the same name, unless one source would have both", () => {
    const both = ["shop", "shop_eu"].map(table);
    expect(feedingSources([source("a"), source("b", ["shop_eu"])], both)).toHaveLength(2);
    expect(() => feedingSources([source("a")], both)).toThrow("source a has two areas for its database shop");
  });

  it("take their places from context, the first one by the names that it has always had", () => {
    const context: Readonly<Record<string, unknown>> = { stage: "dev", sourceHost: "a", "sourcePort.source": "3310" };
    const { sources } = configFrom({ tryGetContext: (key) => context[key] });
    expect(sources).toMatchObject([{ host: "a", port: 3310 }]);
  });
});
