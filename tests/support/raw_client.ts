import { connect, type Socket } from "node:net";

/** A TCP connection on which a test sends and receives bytes of its own making. */
export class RawClient implements Disposable {
  /** Resolves when the connection is gone, whoever closed it. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  #received = "";
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("error", () => {});
    socket.on("data", (text: string) => {
      this.#received += text;
      this.#wake();
    });
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    this.closed.then(() => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** Connects to a port of the loopback interface. */
  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1" });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", () => resolve());
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  /** Connects and sends a whole GET request. */
  static async get(port: number, path: string): Promise<RawClient> {
    const client = await RawClient.connect(port);
    client.send(`GET ${path} HTTP/1.1\r\nHost: exporter\r\n\r\n`);
    return client;
  }

  /** Whether the server or the test has closed the connection. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Everything received so far. */
  get received(): string {
    return this.#received;
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  /** Resolves with everything received once that contains a text; rejects when it never will. */
  async until(text: string): Promise<string> {
    while (!this.#received.includes(text)) {
      if (this.#isClosed) throw new Error(`Closed after "${this.#received}", without "${text}"`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      await promise;
    }
    return this.#received;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
