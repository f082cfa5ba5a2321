import type { SourceLoad } from "../core/capture-ports.ts";
import { noteWait } from "../core/copy-wait.ts";
import { METRICS } from "../core/metrics.ts";
import type { Now, ObjectStore, Sleep, Telemetry } from "../core/ports.ts";

export interface PacePorts {
  readonly state: Pick<ObjectStore, "put">;
  readonly telemetry: Telemetry;
  readonly now: Now;
  readonly sleep: Sleep;
  /** @default - the source's load does not matter */
  readonly load?: Pick<SourceLoad, "hindrance"> | undefined;
  /** Whether there is time left to wait in. */
  readonly mayGoOn: () => boolean;
}

export interface PaceSettings {
  readonly sourceName: string;
  /** Qualified name. */
  readonly table: string;
  /** 0: unthrottled. */
  readonly rowsPerSecond: number;
}

/** How often the source's load is looked at: each second, as often as replicas tell their lag. */
const LOOK_EVERY_MS = 1_000;
/** How often `status` and the metric hear of a wait that lasts. */
const TELL_EVERY_MS = 10_000;

/** Keeps one chunk to the rows a second it may take, and off the source while that is busy or its replicas lag. */
export class Pace {
  private readonly settings: PaceSettings;
  private readonly ports: PacePorts;
  private began: number;
  private lookedAt = -Infinity;
  private rows = 0;

  constructor(settings: PaceSettings, ports: PacePorts) {
    this.settings = settings;
    this.ports = ports;
    this.began = ports.now();
  }

  /** Waits as long as the rows taken so far are too many for the time that reading has had. */
  async took(rows: number): Promise<void> {
    this.rows += rows;
    const { rowsPerSecond } = this.settings;
    if (rowsPerSecond === 0) return;
    const { now, sleep, mayGoOn } = this.ports;
    const due = this.began + (this.rows / rowsPerSecond) * 1_000;
    while (now() < due && mayGoOn()) await sleep(Math.min(due - now(), LOOK_EVERY_MS));
  }

  /** What speaks against reading on now; looked at once a second. */
  async hindrance(): Promise<string | null> {
    return this.ports.now() - this.lookedAt < LOOK_EVERY_MS ? null : this.look();
  }

  private async look(): Promise<string | null> {
    const reason = (await this.ports.load?.hindrance()) ?? null;
    this.lookedAt = this.ports.now();
    return reason;
  }

  /**
   * Waits until nothing speaks against reading. Time spent here gives no right to more rows afterwards.
   * @param first what was found
   * @returns false when the invocation's time is over before
   */
  async untilFree(first: string): Promise<boolean> {
    const { now, sleep, mayGoOn, telemetry, state } = this.ports;
    const { table, sourceName } = this.settings;
    const since = now();
    let [toldAt, told, reason] = [since, "", first];
    const tell = async (): Promise<void> => {
      telemetry.metric(METRICS.snapshotThrottled, (now() - toldAt) / 1_000, "Seconds", { Table: table });
      [toldAt, told] = [now(), reason];
    };
    for (;;) {
      if (told !== reason || now() - toldAt >= TELL_EVERY_MS) {
        if (told === "") telemetry.warn("the copy waits", { table, reason });
        await tell();
        const times = { since: new Date(since).toISOString(), seenAt: new Date(now()).toISOString() };
        await noteWait(state, sourceName, { table, reason, ...times });
      }
      if (!mayGoOn()) {
        await tell();
        this.began += now() - since;
        return false;
      }
      await sleep(LOOK_EVERY_MS);
      const next = await this.look();
      if (next === null) break;
      reason = next;
    }
    await tell();
    await noteWait(state, sourceName, null);
    telemetry.info("the copy goes on", { table, waitedSeconds: (now() - since) / 1_000 });
    this.began += now() - since;
    return true;
  }
}
