import type { AnyView } from "../model/view.ts";
import { views } from "../warehouse/views/index.ts";
import type { ViewSpec } from "./ddl.ts";
import { createView, dropView, viewComments } from "./ddl.ts";
import { identifier } from "./quote.ts";

/** The view as the migrator makes it. */
export function viewSpec(view: AnyView): ViewSpec {
  const list = view.columns.map((column) => `${column.sql} AS ${identifier(column.name)}`);
  return {
    name: view.name,
    comment: view.comment,
    query: `SELECT\n  ${list.join(",\n  ")}\n${view.from}`,
    columns: view.columns.map(({ name, comment }) => ({ name, comment })),
  };
}

/** Every view of the star with the tables that it reads; none reads another view. */
export const starViews = (
  of: readonly AnyView[] = views,
): readonly { readonly view: ViewSpec; readonly reads: readonly string[] }[] =>
  of.map((view) => ({ view: viewSpec(view), reads: view.reads }));

/** Statements that make the views anew. */
export function starViewDdl(of: readonly AnyView[] = views): readonly string[] {
  return of.map(viewSpec).flatMap((view) => [dropView(view), createView(view), ...viewComments(view)]);
}
