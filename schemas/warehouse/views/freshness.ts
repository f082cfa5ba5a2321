import { BUILT_TABLE } from "../../sql/star-names.ts";
import { defineView } from "../../model/view.ts";

export const freshness = defineView({
  name: "kpi_freshness",
  comment: "How far the star is behind the source, per captured table. Times in UTC.",
  sources: {},
  reads: [BUILT_TABLE],
  define: () => ({
    columns: {
      table_name: ["b.table_name", "Table, `<area>_<table>`."],
      newest_commit_at: ["MAX(b.newest_commit_at)", "Newest source commit visible in the star."],
      built_at: ["MAX(b.built_at)", "When the star last took up a load of the table."],
      age_seconds: [
        "EXTRACT(EPOCH FROM GETDATE()) - EXTRACT(EPOCH FROM MAX(b.newest_commit_at))",
        "Seconds since that commit; grows while the table does not change.",
      ],
    },
    from: `FROM ${BUILT_TABLE} b\nGROUP BY b.table_name`,
  }),
});
