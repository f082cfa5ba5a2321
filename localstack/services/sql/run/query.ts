import pg from "pg";
import { resultColumn, type ResultColumn } from "./result-columns.ts";

/** Takes a result as it comes, row by row. */
export interface ResultSink {
  columns(columns: readonly ResultColumn[]): void;
  /** Values in PostgreSQL's text. An error thrown here fails the statement. */
  row(values: readonly (string | null)[]): void;
}

/** Runs one SQL text and hands its rows on without collecting them. @returns rows sent or changed */
export function streamQuery(client: pg.Client, sql: string, sink: ResultSink | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const config: pg.QueryArrayConfig = { text: sql, rowMode: "array" };
    const query = new pg.Query<(string | null)[]>(config);
    let announced = false;
    let refusal: Error | null = null;
    const announce = (fields: readonly pg.FieldDef[]): void => {
      if (announced) return;
      announced = true;
      sink?.columns(fields.map(resultColumn));
    };
    query.on("row", (row, result) => {
      if (refusal !== null) return;
      try {
        announce(result?.fields ?? []);
        sink?.row(row);
      } catch (error) {
        refusal = error instanceof Error ? error : new Error("a row was refused", { cause: error });
      }
    });
    query.on("end", (result) => {
      if (refusal !== null) {
        reject(refusal);
        return;
      }
      announce(result.fields);
      resolve(result.rowCount ?? 0);
    });
    query.on("error", reject);
    client.query(query);
  });
}
