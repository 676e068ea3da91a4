import { connect, createServer, type Server, type Socket } from "node:net";

/** Hands TCP connections on to a server until it forgets them, as a middlebox may without a word. */
export class ForgetfulProxy implements AsyncDisposable {
  readonly port: number;
  /** How many connections there have been. */
  connections = 0;
  readonly #server: Server;
  readonly #open: (readonly [client: Socket, server: Socket])[] = [];

  private constructor(server: Server, target: number) {
    const address = server.address();
    if (address === null || typeof address === "string") throw new TypeError("Not a TCP server");
    this.port = address.port;
    this.#server = server;
    server.on("connection", (client) => {
      this.connections++;
      const upstream = connect(target, "127.0.0.1");
      this.#open.push([client, upstream]);
      for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
        from.on("error", () => from.destroy());
        from.pipe(to);
      }
    });
  }

  /** Listens on any free port of the loopback interface, before the server at a URL. */
  static async start(url: string): Promise<ForgetfulProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new ForgetfulProxy(server, Number(new URL(url).port));
  }

  /** Every connection that there is goes silent: it takes what comes, and never answers. */
  forget(): void {
    for (const [client, upstream] of this.#open) {
      client.unpipe(upstream);
      upstream.unpipe(client);
      client.resume();
      upstream.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sockets = this.#open.flat().filter(({ closed }) => !closed);
    const gone = sockets.map((socket) =>
      new Promise<void>((resolve) => socket.once("close", () => resolve()))
    );
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all(gone);
  }
}
