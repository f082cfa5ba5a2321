import { describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { python } from "../../../localstack/engines/paths.ts";

/** LocalStack's own assignment with the correction, and an environment that starts at once. */
const SCRIPT = `
import threading
from localstack.services.lambda_.invocation import assignment, execution_environment
from millrace_localstack import corrections

class Environment(execution_environment.ExecutionEnvironment):
    def __init__(self, **_):
        self.id = "quick"
        self.status = execution_environment.RuntimeStatus.READY
        self.status_lock = threading.RLock()
        self.keepalive_timer = threading.Timer(0, print)

    def start(self):
        pass

class Version:
    class config:
        capacity_provider_config = None

def reserve(who):
    try:
        environment.reserve()
        print(who, "has it")
    except execution_environment.InvalidStatusException:
        print(who, "is refused")

assignment.ExecutionEnvironment = Environment
corrections.assign_environments_one_at_a_time()
environment = assignment.AssignmentService().start_environment("manager", Version)
other = threading.Thread(target=reserve, args=("another invocation",))
other.start()
other.join()
reserve("its starter")
reserve("its starter again")
`;

describe("a new execution environment", () => {
  it("belongs to the invocation that started it, also when another sees it first", () => {
    expect(execFileSync(python, ["-c", SCRIPT], { encoding: "utf8" }).trim().split("\n")).toEqual([
      "another invocation is refused",
      "its starter has it",
      "its starter again is refused",
    ]);
  }, 60_000);
});
