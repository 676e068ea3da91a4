import { DemoApi, type DemoApiOptions } from "./demo_api.ts";

/** A simulated API on a port of its own; disposal drops every connection at once. */
export interface DemoServer extends AsyncDisposable {
  readonly api: DemoApi;
  /** The endpoint to configure, without `/graphql`. */
  readonly url: string;
}

/** Starts a simulated Spacelift API on any free port of the loopback interface. */
export function startDemoServer(options: DemoApiOptions): DemoServer {
  const api = new DemoApi(options);
  const closing = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: closing.signal,
    onListen: () => {},
  }, (request) => api.answer(request));
  return {
    api,
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await server.finished;
    },
  };
}
