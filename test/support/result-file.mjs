/**
 * Jest reporter: leaves the counts of each run as one JSON file in the folder that MILLRACE_TEST_RESULTS names, for
 * .ci/run, which adds them up. Without the variable it does nothing.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

export default class ResultFile {
  onRunComplete(_contexts, results) {
    const folder = process.env.MILLRACE_TEST_RESULTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    const counts = {
      passed: results.numPassedTests,
      // A file that does not even load has no tests to fail.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    };
    writeFileSync(path.join(folder, `${process.pid}.json`), JSON.stringify(counts));
  }
}
