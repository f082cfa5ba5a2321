/**
 * Refuses the check while a local run of this checkout is at work or was left running: both its tests and its main job
 * would refuse to start, and what stops at the end of the check would not be the check's own.
 * Ends with 75 (sysexits: try again later) when it refuses.
 */
import { claimRun } from "../localstack/demo/run/cloud.ts";
import { messageOf } from "../lambdas/core/errors.ts";

try {
  claimRun()();
} catch (error) {
  process.stderr.write(`The check needs this checkout for itself: ${messageOf(error)}\n`);
  process.exitCode = 75;
}
