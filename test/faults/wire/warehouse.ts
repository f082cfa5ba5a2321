import { Frames } from "./frames.ts";
import type { Trap, Traps } from "./fault.ts";
import { connectBehind, listen } from "./listen.ts";
import type { Proxy } from "./listen.ts";

const TYPE_AND_LENGTH = 5;

/**
 * Between the Redshift stand-in and its storage: sees each statement of a transaction, COMMIT too. What the warehouse
 * does half-way through a batch is decided here, without a hook in the stand-in or in a function.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export async function startWarehouseProxy(port: number, upstreamPort: number, traps: Traps): Promise<Proxy> {
  return listen(port, (client) => {
    const { server, cut } = connectBehind(client, upstreamPort);

    let started = false;
    let awaited: Trap | null = null;
    let previous = "";
    // The first message has a length only.
    const messages = new Frames(TYPE_AND_LENGTH, (head) => (started ? head.readInt32BE(1) + 1 : head.readInt32BE(0)));
    client.on("data", (chunk: Buffer) => {
      for (const message of messages.push(chunk)) {
        const text = started ? statementOf(message) : null;
        // What is committed tells one COMMIT from another.
        const statement = text === "COMMIT" ? `COMMIT after ${previous}` : text;
        previous = text ?? previous;
        started = true;
        const trap = statement === null ? null : traps.hit("warehouse", statement);
        if (trap === null) {
          server.write(message);
          continue;
        }
        switch (trap.kind) {
          case "killed-before":
            // The statement goes on by itself: nobody is there to hear its end.
            trap.kill();
            server.write(message);
            break;
          case "unanswered":
          case "killed-after":
            awaited = trap;
            server.write(message);
            break;
          case "refused":
            client.write(CONFLICT);
            break;
          case "engine-killed":
            traps.crash("warehouse");
            cut();
            return;
          default:
            cut();
            return;
        }
      }
    });
    const answers = new Frames(TYPE_AND_LENGTH, (head) => head.readInt32BE(1) + 1);
    server.on("data", (chunk: Buffer) => {
      for (const message of answers.push(chunk)) {
        // ReadyForQuery: the statement is done.
        if (awaited !== null && message[0] === "Z".charCodeAt(0)) {
          const trap = awaited;
          awaited = null;
          if (trap.kind === "unanswered") {
            cut();
            return;
          }
          trap.kill();
        }
        // CopyInResponse asks for the rows: without it the statement is never done.
        if (awaited?.kind !== "unanswered" || message[0] === "G".charCodeAt(0)) client.write(message);
      }
    });
  });
}

/** Text of a simple query: what the stand-in sends statements of a batch as. */
function statementOf(message: Buffer): string | null {
  return message[0] === "Q".charCodeAt(0) ? message.toString("utf8", TYPE_AND_LENGTH, message.length - 1) : null;
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(TYPE_AND_LENGTH);
  head.write(type, 0);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** What PostgreSQL answers to a serializable conflict, and what the stand-in makes Redshift's error 1023 of. */
const CONFLICT = Buffer.concat([
  message("E", Buffer.from("SERROR\0VERROR\0C40001\0Mcould not serialize access due to concurrent update\0\0")),
  message("Z", Buffer.from("E")),
]);
