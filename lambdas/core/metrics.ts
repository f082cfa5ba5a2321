/** Metric names shared by handlers, dashboards and alarms. Namespace `Millrace`, dimension `Stage` and, where said, `Table` or `Source`. */
export const METRIC_NAMESPACE = "Millrace";

export const METRICS = {
  /** Per Source: seconds the saved checkpoint is behind the source's newest commit. */
  captureLag: "CaptureLagSeconds",
  rowsCaptured: "RowsCaptured",
  rowsSnapshot: "RowsSnapshot",
  /** Per Table: seconds that copies waited because of the source's load or its replicas' lag. */
  snapshotThrottled: "SnapshotThrottledSeconds",
  rowsLanded: "RowsLanded",
  rowsLoaded: "RowsLoaded",
  /** Per Table: records in topics that no object covers yet. */
  landLag: "LandLagRecords",
  /** Per Table: records landed and not loaded yet. */
  loadLag: "LoadLagRecords",
  /** Seconds from source commit to visible in mart, of the newest build. */
  freshness: "FreshnessSeconds",
  quarantined: "RecordsQuarantined",
  /** Columns that the definitions do not know. */
  unmapped: "UnmappedColumns",
  /** Values that their columns cannot hold (dates, undecodable or very long texts) and that `_raw` has. */
  valuesKept: "ValuesKeptAsText",
  nulsReplaced: "NulsReplaced",
  /** Bytes that are no character of their column's set. */
  undecodable: "UndecodableBytes",
  /** The sum of those three: values that the warehouse holds otherwise than the source. */
  valuesUnlike: "ValuesUnlikeTheSource",
  /** Runs of change capture that found their place in the source's log gone. */
  positionsLost: "PositionsLost",
  /** Another server answers, and change capture went on there. */
  failovers: "SourceFailovers",
  /** Seconds that the source itself is behind the server it replicates from. */
  replicaLag: "SourceReplicaLagSeconds",
  offsetGaps: "OffsetGaps",
  /** Tables that must be copied again. */
  resyncsWaiting: "ResyncsWaiting",
  /** Tables whose rows are left out because their definition cannot take them. */
  tablesStopped: "TablesStopped",
  /** Per Table: rows in which source and mirror differ for certain, at the end of a reconciliation. */
  differences: "ReconciliationDifferences",
  /** Per Table: 1 when a reconciliation of it came to no verdict, else 0. */
  unconfirmed: "ReconciliationsUnconfirmed",
} as const;
