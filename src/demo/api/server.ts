import { formatListenAddress, type ListenAddress, reachable } from "../../listen_address.ts";
import { DemoApi, type DemoApiOptions } from "./demo_api.ts";

/** Answers requests as an API does. */
export type Answer = (request: Request) => Promise<Response>;

/** What a simulated API serves, and where. */
export interface DemoServerOptions extends DemoApiOptions {
  /** Default: any free port of the loopback interface; no host means every IPv4 interface. */
  address?: ListenAddress;
  /** Answers in the API's place, which it may ask; default: the API answers by itself. */
  between?: (request: Request, api: Answer) => Promise<Response>;
}

/** A simulated API on a port of its own; disposal drops every connection at once. */
export interface DemoServer extends AsyncDisposable {
  readonly api: DemoApi;
  /** The endpoint to configure, without `/graphql`. */
  readonly url: string;
}

/** Starts a simulated Spacelift API; throws when the address cannot be used. */
export function startDemoServer(options: DemoServerOptions): DemoServer {
  const { address: { hostname = "0.0.0.0", port } = { hostname: "127.0.0.1", port: 0 } } = options;
  const { between = (request, answer) => answer(request) } = options;
  const api = new DemoApi(options);
  const answer: Answer = (request) => api.answer(request);
  const closing = new AbortController();
  const server = Deno.serve({
    hostname,
    port,
    signal: closing.signal,
    onListen: () => {},
  }, (request) => between(request, answer));
  return {
    api,
    url: `http://${formatListenAddress(reachable({ hostname, port: server.addr.port }))}`,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await server.finished;
    },
  };
}
