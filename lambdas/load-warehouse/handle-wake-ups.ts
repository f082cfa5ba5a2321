import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { z } from "zod";
import type { AnyTable } from "../../schemas/model/table.ts";
import { qualifiedName } from "../../schemas/naming.ts";
import { isRetryable, MalformedInputError, messageOf } from "../core/errors.ts";
import { clearError, noteError } from "../core/last-error.ts";
import type { LoadPorts, LoadSettings } from "./load-table.ts";
import { loadTable } from "./load-table.ts";

export interface WakeUpPorts extends LoadPorts {
  /** Makes a message visible again after so many seconds instead of the queue's long timeout. */
  readonly release: (receiptHandle: string, seconds: number) => Promise<void>;
}

const message = z.object({ table: z.string(), slot: z.number() });

/** A failed table is tried again this soon; its group stands still until then. */
const RETRY_SECONDS = 15;

/**
 * Loads the tables that woke the function. A failure keeps its message, and those behind it, in the queue: a FIFO queue
 * must not be answered out of order.
 */
export async function handleWakeUps(
  event: SQSEvent,
  tables: readonly AnyTable[],
  settings: LoadSettings,
  ports: WakeUpPorts,
): Promise<SQSBatchResponse> {
  for (const [i, record] of event.Records.entries()) {
    try {
      const table = readMessage(record, tables);
      await loadAndNote(table, settings, ports);
    } catch (error) {
      ports.telemetry.error(messageOf(error), {
        body: record.body,
        name: nameOf(error),
        retryable: isRetryable(error),
      });
      await ports.release(record.receiptHandle, RETRY_SECONDS).catch(() => undefined);
      return { batchItemFailures: event.Records.slice(i).map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }
  }
  return { batchItemFailures: [] };
}

async function loadAndNote(table: AnyTable, settings: LoadSettings, ports: WakeUpPorts): Promise<void> {
  const name = qualifiedName(table);
  try {
    const { loads } = await loadTable(table, settings, ports);
    if (loads > 0) await clearError(ports.landing, "load", name);
  } catch (error) {
    await noteError(ports.landing, ports.now, "load", name, error);
    throw error;
  }
}

/** @throws MalformedInputError for what is no wake-up of a known table */
function readMessage(record: SQSRecord, tables: readonly AnyTable[]): AnyTable {
  const parsed = message.safeParse(parseJson(record.body));
  const table = tables.find((candidate) => qualifiedName(candidate) === parsed.data?.table);
  if (table !== undefined) return table;
  throw new MalformedInputError(`'${record.body}' wakes no table: {"table": "<area>_<table>", "slot": n} is needed`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "Error");
