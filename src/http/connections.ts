import type { Socket } from "node:net";

/** What is happening on a connection, in the order in which connections make room for others. */
const STATES = ["idle", "delivering", "working"] as const;

/** Nothing, an answer being sent that nobody may be reading, or an answer being made. */
export type ConnectionState = typeof STATES[number];

/** The open connections of a server, of which a limited number may be open at once. */
export class Connections {
  readonly #max: number;
  /** Each in the order in which its connections came into the state. */
  readonly #sockets: Record<ConnectionState, Set<Socket>> = {
    idle: new Set(),
    delivering: new Set(),
    working: new Set(),
  };

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes in a new connection; over the limit, the longest idle or else delivering one is closed. */
  add(socket: Socket): void {
    this.#sockets.idle.add(socket);
    socket.once("close", () => this.#forget(socket));
    const { idle, delivering, working } = this.#sockets;
    if (idle.size + delivering.size + working.size <= this.#max) return;
    // The new connection is idle itself, and the last to be chosen.
    const oldest = [...idle].find((other) => other !== socket) ?? [...delivering][0] ?? socket;
    // At once, not when it has closed: until then it would be chosen again.
    this.#forget(oldest);
    oldest.destroy();
  }

  /** Tells what is happening on a connection now. */
  change(socket: Socket, state: ConnectionState): void {
    if (socket.destroyed) return;
    this.#forget(socket);
    this.#sockets[state].add(socket);
  }

  /** Closes every connection on which no request is being answered. */
  closeIdle(): void {
    for (const socket of this.#sockets.idle) socket.destroy();
  }

  /** Closes every connection. */
  closeAll(): void {
    for (const state of STATES) {
      for (const socket of this.#sockets[state]) socket.destroy();
    }
  }

  #forget(socket: Socket): void {
    for (const state of STATES) this.#sockets[state].delete(socket);
  }
}
