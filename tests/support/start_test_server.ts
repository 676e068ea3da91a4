import type { Handler } from "../../src/http/answer.ts";
import { type Server, startServer } from "../../src/http/server.ts";

/** A server on a free port of the loopback interface, closed at once when disposed of. */
export interface TestServer extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
}

/** Starts the exporter's server with a handler of the test's. */
export async function startTestServer(handler: Handler, maxConnections = 16): Promise<TestServer> {
  const server = await startServer({
    address: { hostname: "127.0.0.1", port: 0 },
    maxConnections,
    handler,
  });
  const { port } = server.address;
  let drained = false;
  return {
    server: {
      ...server,
      drain(ms) {
        drained = true;
        return server.drain(ms);
      },
    },
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => drained ? Promise.resolve() : server.drain(0),
  };
}
