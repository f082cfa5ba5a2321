import { Frames } from "./frames.ts";
import type { Trap, Traps } from "./fault.ts";
import { connectBehind, listen } from "./listen.ts";
import type { Proxy } from "./listen.ts";

/** https://dev.mysql.com/doc/dev/mysql-server/latest/my__command_8h.html */
const COMMANDS: Readonly<Record<number, string>> = { 0x03: "Query", 0x12: "BinlogDump", 0x1e: "BinlogDump" };
const HEAD = 4;

/**
 * In front of the source: sees each command. A severed answer breaks off after so many bytes, wherever that is in a row
 * or in an event of the log.
 */
export async function startMysqlProxy(port: number, upstreamPort: number, traps: Traps): Promise<Proxy> {
  return listen(port, (client) => {
    const { server, cut } = connectBehind(client, upstreamPort);

    let awaited: { readonly trap: Trap; passed: number } | null = null;
    const packets = new Frames(HEAD, (head) => head.readUIntLE(0, 3) + HEAD);
    client.on("data", (chunk: Buffer) => {
      for (const packet of packets.push(chunk)) {
        // A command starts a new sequence; what the client sends while it signs in does not.
        const command = packet[3] === 0 ? COMMANDS[packet[HEAD] ?? 0] : undefined;
        const text = command === "Query" ? `Query ${packet.toString("utf8", HEAD + 1)}` : command;
        const trap = text === undefined ? null : traps.hit("mysql", text);
        if (trap?.kind === "killed-before") {
          trap.kill();
          cut();
          return;
        }
        if (trap?.kind === "unsent") {
          cut();
          return;
        }
        if (trap !== null) awaited = { trap, passed: 0 };
        server.write(packet);
      }
    });
    server.on("data", (chunk: Buffer) => {
      if (awaited === null) {
        client.write(chunk);
        return;
      }
      const { trap, passed } = awaited;
      const room = trap.bytes - passed;
      if (chunk.length < room) {
        awaited.passed += chunk.length;
        client.write(chunk);
        return;
      }
      client.write(chunk.subarray(0, Math.max(0, room)), () => {
        if (trap.kind === "killed-after") trap.kill();
        if (trap.kind === "engine-killed") traps.crash("mysql");
        cut();
      });
    });
  });
}
