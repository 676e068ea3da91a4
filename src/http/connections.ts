import type { Socket } from "node:net";

/** The open connections of a server, of which a limited number may be open at once. */
export class Connections {
  readonly #max: number;
  /** In the order in which they were opened or last answered. */
  readonly #idle = new Set<Socket>();
  readonly #busy = new Set<Socket>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes in a new connection; the one that has waited longest for a request makes room for it. */
  add(socket: Socket): void {
    this.#idle.add(socket);
    socket.once("close", () => {
      this.#idle.delete(socket);
      this.#busy.delete(socket);
    });
    if (this.#idle.size + this.#busy.size <= this.#max) return;
    const [oldest = socket] = this.#idle;
    // At once, not when it has closed: until then many more connections may come.
    this.#idle.delete(oldest);
    oldest.destroy();
  }

  /** Keeps a connection open while its request is answered, until the returned function is called. */
  busy(socket: Socket): () => void {
    this.#idle.delete(socket);
    this.#busy.add(socket);
    return () => {
      if (this.#busy.delete(socket) && !socket.destroyed) this.#idle.add(socket);
    };
  }

  /** Closes every connection on which no request is being answered. */
  closeIdle(): void {
    for (const socket of this.#idle) socket.destroy();
  }

  /** Closes every connection. */
  closeAll(): void {
    this.closeIdle();
    for (const socket of this.#busy) socket.destroy();
  }
}
