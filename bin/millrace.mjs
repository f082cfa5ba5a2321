#!/usr/bin/env node
/** `npx millrace`: the command line is TypeScript, run as it is. */
import { register } from "tsx/esm/api";

register();
await import("./millrace.ts");
