import type { S3Location } from "../copy/options.ts";

/** What an UNLOAD asked for; the stand-in writes CSV only. */
export interface UnloadOptions {
  readonly to: S3Location;
  readonly iamRole: string;
  readonly delimiter: string;
  readonly nullAs: string;
  readonly header: boolean;
  readonly gzip: boolean;
  readonly manifest: boolean;
  readonly allowOverwrite: boolean;
  readonly parallel: boolean;
  readonly extension: string | null;
}
