import { systemClock } from "../../src/clock.ts";
import type { Route } from "../../src/http/routes.ts";
import { Server } from "../../src/http/server.ts";

/** A server on a free port of the loopback interface, closed at once when disposed of. */
export interface TestServer extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** Like the server's own; whoever drains has no need to close. */
  drain(ms: number): Promise<void>;
}

/** Starts the exporter's server with a handler of the test's. */
export function startTestServer(handler: Route): TestServer {
  const server = new Server({
    address: { hostname: "127.0.0.1", port: 0 },
    handler,
    clock: systemClock,
    onRestart: () => {},
  });
  const { port } = server.address;
  let drained = false;
  return {
    server,
    port,
    url: `http://127.0.0.1:${port}`,
    drain(ms) {
      drained = true;
      return server.drain(ms);
    },
    async [Symbol.asyncDispose]() {
      if (!drained) await server.close();
    },
  };
}
