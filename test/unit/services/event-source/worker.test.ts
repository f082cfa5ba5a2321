import type { EventSourceMappingConfiguration } from "@aws-sdk/client-lambda";
import { describe, expect, it } from "@jest/globals";
import { createMappingWorker } from "../../../../localstack/services/event-source/worker.ts";
import { silentLog } from "../../../../localstack/services/log.ts";

const mapping = (changes: EventSourceMappingConfiguration = {}): EventSourceMappingConfiguration => ({
  UUID: "m",
  FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:f",
  EventSourceArn: "arn:aws:kafka:us-east-1:000000000000:cluster/c/1",
  Topics: ["orders"],
  State: "Enabled",
  ...changes,
});

function setUp() {
  const events: string[] = [];
  const state: { mappings: EventSourceMappingConfiguration[]; release: () => void } = {
    mappings: [],
    release: () => undefined,
  };
  const worker = createMappingWorker({
    list: async () => state.mappings,
    start: ({ batchSize }) => {
      events.push(`start ${batchSize}`);
      return {
        stop: () =>
          new Promise<void>((resolve) => {
            events.push(`stop ${batchSize}`);
            state.release = resolve;
          }),
      };
    },
    log: silentLog,
  });
  const tick = async (...mappings: EventSourceMappingConfiguration[]) => {
    state.mappings = mappings;
    await worker.tick();
  };
  return { events, state, worker, tick };
}

describe("the worker of event source mappings", () => {
  it("starts enabled mappings of clusters, once", async () => {
    const { events, tick } = setUp();
    const queue = mapping({ UUID: "q", EventSourceArn: "arn:aws:sqs:us-east-1:000000000000:q" });
    await tick(mapping({ State: "Creating" }), queue, mapping({ UUID: "off", State: "Disabled" }));
    await tick(mapping(), queue);
    expect(events).toEqual(["start 100"]);
  });

  it.each([["Disabled"], ["Disabling"], ["Deleting"]])("stops a mapping that is %s", async (State) => {
    const { events, tick } = setUp();
    await tick(mapping());
    await tick(mapping({ State }));
    expect(events).toEqual(["start 100", "stop 100"]);
  });

  it("stops a mapping that is gone", async () => {
    const { events, tick } = setUp();
    await tick(mapping());
    await tick();
    expect(events).toEqual(["start 100", "stop 100"]);
  });

  it("starts a changed mapping anew, not before the old poller has ended", async () => {
    const { events, state, tick } = setUp();
    await tick(mapping());
    await tick(mapping({ BatchSize: 7, State: "Updating" }));
    await tick(mapping({ BatchSize: 7 }));
    expect(events).toEqual(["start 100", "stop 100"]);
    state.release();
    await new Promise((resolve) => setImmediate(resolve));
    await tick(mapping({ BatchSize: 7 }));
    expect(events).toEqual(["start 100", "stop 100", "start 7"]);
  });

  it("is not disturbed by what Lambda notes about a mapping", async () => {
    const { events, tick } = setUp();
    await tick(mapping({ LastModified: new Date(1), StateTransitionReason: "User action" }));
    await tick(mapping({ LastModified: new Date(2), LastProcessingResult: "OK" }));
    expect(events).toEqual(["start 100"]);
  });

  it("leaves one that cannot run alone and keeps the others", async () => {
    const { events, tick } = setUp();
    await tick(mapping({ UUID: "bad", Topics: [] }), mapping());
    expect(events).toEqual(["start 100"]);
  });

  it("stops all at the end", async () => {
    const { events, state, tick, worker } = setUp();
    await tick(mapping());
    const stopped = worker.stop();
    state.release();
    await stopped;
    expect(events).toEqual(["start 100", "stop 100"]);
  });
});
