import type { Position } from "./version.ts";

/**
 * Where change capture goes on. Saved on S3 by conditional write after everything before it is acknowledged by Kafka;
 * the ETag fences a run that was overtaken. A transaction is published whole or resumed inside: `position` is the
 * start of the first transaction not wholly published, `rowsSent` how many of its row changes are already out.
 */
export interface Checkpoint {
  readonly position: Position;
  readonly rowsSent: number;
  /** GTID (set) executed up to `position`, if the server has them; lets capture continue after a failover. */
  readonly gtid: string | null;
  /** `@@server_uuid` (MySQL) or server id (MariaDB) the position belongs to. */
  readonly server: string;
  /** Identifies the run that holds the lease; runs that overlap use different replication server ids. */
  readonly owner: string;
  /** ISO time of the last save; a lease older than the configured limit may be taken over. */
  readonly savedAt: string;
  /** Commit time (ms) of the newest transaction published, null before the first. */
  readonly committedAt: number | null;
}
