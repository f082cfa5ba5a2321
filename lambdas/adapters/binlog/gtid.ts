import type { ByteReader } from "../mysql/values/byte-reader.ts";

export interface GtidInfo {
  readonly gtid: string | null;
  /** Microseconds since 1970, null when the event has none. */
  readonly committedMicros: number | null;
  /** MariaDB: a single statement, not a transaction with a commit at its end. */
  readonly standalone: boolean;
}

const LOGICAL_TIMESTAMPS = 2;
const HAS_ORIGINAL = 2 ** 55;

/** GTID and ANONYMOUS_GTID of MySQL 5.7 and later (Gtid_event). */
export function readMysqlGtid(body: ByteReader, anonymous: boolean): GtidInfo {
  body.take(1);
  const sid = body.bytes(16).toString("hex");
  const gno = body.u64Big();
  const gtid = anonymous
    ? null
    : `${sid.slice(0, 8)}-${sid.slice(8, 12)}-${sid.slice(12, 16)}-${sid.slice(16, 20)}-${sid.slice(20)}:${gno.toString()}`;
  let committedMicros: number | null = null;
  if (body.left >= 17 && body.u8() === LOGICAL_TIMESTAMPS) {
    body.take(16);
    if (body.left >= 7) {
      // Bit 55 says that the original server's time follows; the time here is the one that orders with the log.
      const low = body.u32();
      const value = low + body.u24() * 0x100000000;
      committedMicros = value >= HAS_ORIGINAL ? value - HAS_ORIGINAL : value;
    }
  }
  return { gtid, committedMicros: committedMicros === 0 ? null : committedMicros, standalone: false };
}

const FL_STANDALONE = 1;

export function readMariadbGtid(body: ByteReader, serverId: number): GtidInfo {
  const sequence = body.u64Big();
  const domain = body.u32();
  const flags = body.u8();
  return {
    gtid: `${domain}-${serverId}-${sequence.toString()}`,
    committedMicros: null,
    standalone: (flags & FL_STANDALONE) !== 0,
  };
}
