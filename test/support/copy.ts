import { copyChunk } from "../../lambdas/capture-snapshot/chunk.ts";
import type { ChunkPorts } from "../../lambdas/capture-snapshot/chunk.ts";
import { finishSnapshot } from "../../lambdas/capture-snapshot/finish.ts";
import { planSnapshot } from "../../lambdas/capture-snapshot/plan.ts";
import type { PlanPorts, PlanRequest } from "../../lambdas/capture-snapshot/plan.ts";

export type CopyPorts = PlanPorts & Pick<ChunkPorts, "publisher" | "sleep">;

/** A whole copy or resync, as the state machine runs it. @param onChunk called after each chunk */
export async function runCopy(
  request: PlanRequest,
  ports: CopyPorts,
  onChunk: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { sourceName, definitions } = request;
  const { snapshotId, chunks } = await planSnapshot(request, ports);
  for (const { chunk } of chunks) {
    await copyChunk(
      { sourceName, definitions, snapshotId, chunk, rowsPerSecond: 0 },
      { ...ports, load: undefined, remaining: () => 900_000 },
    );
    await onChunk();
  }
  await finishSnapshot({ sourceName, definitions, snapshotId }, ports);
}
