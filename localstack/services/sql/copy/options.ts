/** `s3://bucket/key`. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

export type Compression = "none" | "gzip" | "zstd";

/** What a COPY asked for; the stand-in reads CSV only. */
export interface CopyOptions {
  readonly from: S3Location;
  readonly manifest: boolean;
  /** ARN, or `default`. */
  readonly iamRole: string;
  readonly region: string | null;
  readonly compression: Compression;
  readonly delimiter: string;
  readonly quote: string;
  /** A field of just this text, quoted or not, is NULL. */
  readonly nullAs: string;
  readonly ignoreHeader: number;
  readonly maxError: number;
  readonly emptyAsNull: boolean;
  readonly blanksAsNull: boolean;
  /** ASCII character that takes the place of each byte of an invalid one, or null: an error. */
  readonly replaceInvalid: string | null;
  readonly truncateColumns: boolean;
  /** Rounds where COPY would cut off decimals. */
  readonly roundDecimals: boolean;
  readonly ignoreBlankLines: boolean;
  readonly fillRecord: boolean;
  readonly explicitIds: boolean;
  /** Checks all files and records their errors, without loading. */
  readonly noLoad: boolean;
}
