import { load } from "./load.ts";

// Loaded late, so that a definition that somebody has broken is a sentence too.
const program = await load(() => import("../cli/program.ts"));
process.exitCode = program === null ? 1 : await program.runProgram(process.argv);
