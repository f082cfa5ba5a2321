import { SqlError } from "../sql/errors.ts";

/** What the Data API has to know of a workgroup. */
export interface WorkgroupEntry {
  readonly name: string;
  /** Names and ARNs of secrets that sign in; null: any. */
  readonly secrets: readonly string[] | null;
  /** ARNs of the roles that COPY and UNLOAD may take. */
  readonly roles: readonly string[];
  readonly defaultRole: string | null;
}

/** Finds workgroups; the local Redshift Serverless has one (`createRedshiftServerless(...).directory`). */
export interface WarehouseDirectory {
  workgroup(nameOrArn: string): WorkgroupEntry | null;
}

/** @throws SqlError when the namespace does not have the role that a COPY or UNLOAD names */
export function checkRole(role: string, entry: WorkgroupEntry | null): void {
  if (entry === null) return;
  if (role === "default") {
    if (entry.defaultRole === null)
      throw new SqlError("No default IAM role is associated with the namespace: IAM_ROLE default is refused");
    return;
  }
  const [first = ""] = role.split(",");
  if (!entry.roles.includes(first.trim()))
    throw new SqlError(
      `User is not authorized to assume IAM Role ${first.trim()}: it is not associated with the namespace of workgroup ${entry.name}`,
    );
}
