import { describe, it } from "@jest/globals";
import { expectGenerated } from "../support/golden.ts";
import { interoperationDocument } from "../support/interop/document.ts";

describe("generated documents on other writers", () => {
  it("interoperation", () => expectGenerated("docs/INTEROPERATION.md", interoperationDocument()));
});
