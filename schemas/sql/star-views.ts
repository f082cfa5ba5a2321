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

/** Every view of the star; none reads another, so they can be made in any order. */
export const starViews = (of: readonly AnyView[] = views): readonly ViewSpec[] => of.map(viewSpec);

/** Statements that make the views anew. */
export function starViewDdl(of: readonly AnyView[] = views): readonly string[] {
  return starViews(of).flatMap((view) => [dropView(view), createView(view), ...viewComments(view)]);
}
