import { type RawConnection, type RawScript, RawServer } from "../support/raw_server.ts";

/** Which calls do not get through, and what happens to their connections instead. */
export interface RawFault {
  /** `*` is every call. */
  readonly operation: string;
  readonly script: RawScript;
  readonly times: number;
}

/** Passes calls on to an API, but for some, which a script answers byte by byte. */
export class FaultyProxy implements AsyncDisposable {
  readonly server: RawServer;
  readonly #met: readonly RawConnection[];

  private constructor(server: RawServer, met: readonly RawConnection[]) {
    this.server = server;
    this.#met = met;
  }

  /** How many calls have met the fault. */
  get met(): number {
    return this.#met.length;
  }

  /** Resolves when the connection of the last call that met the fault is gone. */
  get closed(): Promise<void> {
    return this.#met.at(-1)?.closed ?? Promise.resolve();
  }

  static async start(apiUrl: string, fault: RawFault): Promise<FaultyProxy> {
    const met: RawConnection[] = [];
    const server = await RawServer.start(async (connection) => {
      const request = await Promise.race([connection.request(), connection.closed]);
      if (request === undefined) return;
      const isMeant = fault.operation === "*" || request.includes(fault.operation);
      if (!isMeant || met.length >= fault.times) return await passOn(connection, request, apiUrl);
      met.push(connection);
      await fault.script(connection);
    });
    return new FaultyProxy(server, met);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.close();
  }
}

async function passOn(connection: RawConnection, request: string, apiUrl: string): Promise<void> {
  const [head = "", body = ""] = request.split("\r\n\r\n");
  const authorization = /^authorization: *(.*)$/im.exec(head)?.[1];
  const response = await fetch(`${apiUrl}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(authorization === undefined ? {} : { authorization }),
    },
    body,
  });
  const text = await response.text();
  connection.write(
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n" +
      `content-length: ${new TextEncoder().encode(text).length}\r\n\r\n${text}`,
  );
  connection.end();
}
