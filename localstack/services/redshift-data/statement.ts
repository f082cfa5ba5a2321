import { validation } from "./input.ts";
import { AwsError } from "../aws-error.ts";
import { LIMITS } from "./limits.ts";
import type { StoredResult } from "./results.ts";

export type Status = "SUBMITTED" | "PICKED" | "STARTED" | "FINISHED" | "FAILED" | "ABORTED";

/** One SQL text of a call. A call of ExecuteStatement has one, a batch has one each. */
export interface Part {
  readonly id: string;
  readonly sql: string;
  readonly queryId: number;
  status: Status;
  error: string | null;
  /** Rows sent or changed, -1 where unknown. */
  rows: number;
  nanoseconds: number;
  updatedAt: Date;
  result: StoredResult | null;
}

/** One call of ExecuteStatement or BatchExecuteStatement. */
export interface Statement {
  readonly id: string;
  readonly batch: boolean;
  readonly autoCommit: boolean;
  readonly database: string;
  readonly workgroup: string;
  readonly secretArn: string | undefined;
  readonly name: string | undefined;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly resultFormat: "JSON" | "CSV";
  readonly createdAt: Date;
  readonly parts: readonly Part[];
  status: Status;
  error: string | null;
  pid: number;
  updatedAt: Date;
  cancelled: boolean;
}

export const isOver = ({ status }: Pick<Statement, "status">): boolean =>
  status === "FINISHED" || status === "FAILED" || status === "ABORTED";

interface Remembered {
  readonly id: string;
  readonly request: string;
  readonly at: number;
}

/**
 * All statements of the last 24 hours, and the client tokens of the last 8: as the service keeps them, as long as they
 * fit into `LIMITS.keepBytes`. A pipeline that loads every second would fill gigabytes in a day.
 */
export class StatementStore {
  readonly #statements = new Map<string, Statement>();
  readonly #tokens = new Map<string, Remembered>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** The statement that this token stands for, whatever became of it. */
  byToken(token: string | undefined, request: string): Statement | null {
    const known = token === undefined ? undefined : this.#tokens.get(token);
    if (known === undefined || this.#now().getTime() - known.at > LIMITS.tokenMilliseconds) return null;
    if (known.request !== request) throw validation(`ClientToken ${token ?? ""} was used with another request before`);
    return this.#statements.get(known.id) ?? null;
  }

  add(statement: Statement, token: string | undefined, request: string): void {
    this.#forget();
    let active = 0;
    for (const other of this.#statements.values()) if (!isOver(other)) active++;
    if (active >= LIMITS.active) {
      const message = `Active statements exceeded the allowed quota (${LIMITS.active}).`;
      throw new AwsError("ActiveStatementsExceededException", message, 400, { Message: message });
    }
    this.#statements.set(statement.id, statement);
    if (token !== undefined) this.#tokens.set(token, { id: statement.id, request, at: this.#now().getTime() });
  }

  /** @param id may name a part of a batch, as `id:2` @throws AwsError ResourceNotFoundException */
  get(id: string): { readonly statement: Statement; readonly part: Part | null } {
    const [whole = "", number] = id.split(":");
    const statement = this.#statements.get(whole);
    const part = number === undefined ? null : statement?.parts[Number(number) - 1];
    if (statement === undefined || part === undefined || (number !== undefined && !statement.batch))
      throw notFound("Query does not exist.", id);
    return { statement, part };
  }

  /** Newest first. */
  all(): readonly Statement[] {
    return [...this.#statements.values()].reverse();
  }

  #forget(): void {
    const now = this.#now().getTime();
    let bytes = 0;
    for (const statement of this.#statements.values()) bytes += bytesOf(statement);
    for (const [id, statement] of this.#statements) {
      const age = now - statement.createdAt.getTime();
      const isPressing = bytes > LIMITS.keepBytes && age > LIMITS.leastMilliseconds;
      if (age < LIMITS.keepMilliseconds && !isPressing) break;
      if (!isOver(statement)) continue;
      bytes -= bytesOf(statement);
      for (const { result } of statement.parts) result?.remove();
      this.#statements.delete(id);
    }
    for (const [token, { at }] of this.#tokens) {
      if (this.#now().getTime() - at <= LIMITS.tokenMilliseconds) break;
      this.#tokens.delete(token);
    }
  }
}

/** What a statement holds, of memory or of disk; about a kilobyte for each part beside its text. */
function bytesOf({ parts }: Statement): number {
  return parts.reduce((sum, { sql, result }) => sum + sql.length + (result?.size ?? 0) + 1_024, 0);
}

export function notFound(message: string, id: string): AwsError {
  return new AwsError("ResourceNotFoundException", message, 400, { Message: message, ResourceId: id });
}
