import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import path from "node:path";
import { RESOURCE_TYPES } from "../../../../localstack/services/cloudformation/types.ts";

describe("the resource types of the service process", () => {
  it("are those that the LocalStack extension sends to it", () => {
    const extension = path.resolve(
      __dirname,
      "../../../../localstack/extension/millrace_localstack/resources/remote.py",
    );
    const sent = [...readFileSync(extension, "utf8").matchAll(/TYPE = "(AWS::[\w:]+)"/g)].map(([, type]) => type);
    expect(sent.sort()).toEqual(Object.keys(RESOURCE_TYPES).sort());
  });
});
