import { createServer, type Server, type Socket } from "node:net";

/** What to do with a connection that was just accepted. */
export type RawScript = (connection: RawConnection) => void | Promise<void>;

/** One accepted TCP connection, to be answered byte by byte. */
export class RawConnection {
  /** Resolves when the connection is gone, whoever closed it. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #requested: Promise<string>;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    this.#requested = readRequest(socket);
  }

  /** The first HTTP request, head and body, once it has come in full. */
  request(): Promise<string> {
    return this.#requested;
  }

  /** Sends bytes as they are. */
  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Waits, but no longer than the connection lasts. */
  async pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.closed]);
    clearTimeout(timer);
  }

  /** Closes after what was written, in the orderly way. */
  end(): void {
    this.#socket.end();
  }

  /** Drops the connection with a TCP reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Drops the connection if it is still there. */
  destroy(): void {
    this.#socket.destroy();
  }
}

/** A TCP server for what no HTTP server would do: it runs a script for each connection. */
export class RawServer implements AsyncDisposable {
  /** An `http:` URL of the server. */
  readonly url: string;
  /** Every connection so far, closed ones included. */
  readonly connections: RawConnection[] = [];
  readonly #server: Server;
  readonly #scripts = new Set<Promise<void>>();

  /** Use `RawServer.start`. */
  private constructor(server: Server, script: RawScript) {
    const address = server.address();
    if (address === null || typeof address === "string") throw new TypeError("Not a TCP server");
    this.url = `http://127.0.0.1:${address.port}`;
    this.#server = server;
    server.on("connection", (socket) => {
      const connection = new RawConnection(socket);
      this.connections.push(connection);
      this.#scripts.add(Promise.resolve(script(connection)));
    });
  }

  /** Listens on any free port of the loopback interface. */
  static async start(script: RawScript): Promise<RawServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new RawServer(server, script);
  }

  /** Drops every connection and waits for the scripts to end. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.connections) connection.destroy();
    await Promise.all([closed, ...this.#scripts, ...this.connections.map(({ closed }) => closed)]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Never resolves when the client sends no whole request. */
function readRequest(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    received += text;
    const head = received.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = /^content-length: *(\d+)/im.exec(received.slice(0, head))?.[1] ?? "0";
    if (received.length >= head + 4 + Number(length)) resolve(received);
  });
  return promise;
}
