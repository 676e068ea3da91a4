import { createServer } from "node:http";
import type { Socket } from "node:net";
import { log } from "../log.ts";
import { answer, type Handler } from "./answer.ts";
import { Connections } from "./connections.ts";
import type { ListenAddress } from "../listen_address.ts";

/** A listening server. */
export interface Server {
  readonly address: { readonly hostname: string; readonly port: number };
  /** Stops accepting, lets what is being answered finish for at most `ms`, then drops the rest. */
  drain(ms: number): Promise<void>;
}

// node:http rather than Deno.serve, which has no time-outs and whose process ends with "Too many
// open files" once idle connections have used them up. Times in milliseconds.
const TIME_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 1_000,
};

/** Starts to listen; rejects when the address cannot be used. */
export async function startServer(options: {
  address: ListenAddress;
  maxConnections: number;
  handler: Handler;
}): Promise<Server> {
  const connections = new Connections(options.maxConnections);
  const turns = new WeakMap<Socket, Promise<void>>();
  const server = createServer(TIME_LIMITS, (request, response) => {
    const { socket } = request;
    connections.change(socket, "working");
    // One answer at a time on each connection, however many requests a client sends ahead.
    const turn = (turns.get(socket) ?? Promise.resolve()).then(async () => {
      connections.change(socket, "working");
      const onDelivery = () => connections.change(socket, "delivering");
      await answer(request, response, { handler: options.handler, onDelivery });
      if (turns.get(socket) === turn) connections.change(socket, "idle");
    }).catch((error) => {
      log.error("Cannot send an answer", { error });
      socket.destroy();
    });
    turns.set(socket, turn);
  });
  server.on("connection", (socket) => connections.add(socket));
  const listen = (host: string) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port: options.address.port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
  await listenOn(options.address.hostname, listen);
  server.on("error", (error) => log.error("The HTTP server is in trouble", { error }));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new TypeError("Not a TCP server");
  return {
    address: { hostname: bound.address, port: bound.port },
    async drain(ms) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.closeIdle();
      const timer = setTimeout(() => connections.closeAll(), ms);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Every interface means IPv6 and IPv4, or IPv4 alone where IPv6 is switched off. */
async function listenOn(
  hostname: string | undefined,
  listen: (host: string) => Promise<void>,
): Promise<void> {
  if (hostname !== undefined) return await listen(hostname);
  try {
    await listen("::");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") throw error;
    await listen("0.0.0.0");
  }
}
