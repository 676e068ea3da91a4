import { Backoff } from "../backoff.ts";
import { type Clock, sleep } from "../clock.ts";
import type { ListenAddress } from "../listen_address.ts";
import { log } from "../log.ts";
import { AnswersUnderWay, type Handler } from "./answers_under_way.ts";
import type { Route } from "./routes.ts";

/** The address and callbacks of a server. */
export interface ServerOptions {
  readonly address: ListenAddress;
  readonly handler: Route;
  readonly clock: Clock;
  /** For HTTPS; absent for HTTP. */
  readonly tls?: TlsPair | undefined;
  /** Called each time the listener has failed and is restarted. */
  readonly onRestart: () => void;
}

/** A certificate, or a chain of them, and its key, in PEM format. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** How long a new certificate waits for answers in progress, in milliseconds. */
const RENEWAL_TIME = 5_000;

/**
 * An HTTP server that survives its listener. `Deno.serve` has no timeouts, and ends its accept loop
 * at the first error, which idle connections cause by exhausting the file descriptors. The server
 * then drops all connections of the listener and starts a new one at once.
 */
export class Server {
  readonly address: { readonly hostname: string; readonly port: number };
  readonly #options: ServerOptions;
  readonly #serve: Serve;
  readonly #underWay: AnswersUnderWay;
  readonly #stopping = new AbortController();
  #generation: Generation;
  #tls: TlsPair | undefined;

  /** Starts to listen; throws when the address cannot be used. */
  constructor(options: ServerOptions, serve: Serve = Deno.serve) {
    this.#options = options;
    this.#serve = serve;
    this.#underWay = new AnswersUnderWay((request) => this.#answer(request), options.clock);
    this.#tls = options.tls;
    this.#generation = this.#listenAnywhere(options.address);
    const { hostname, port } = this.#generation.server.addr;
    this.address = { hostname, port };
    this.#supervise();
  }

  /**
   * Stops accepting and lets what is being answered finish; resolves when that is done, or after
   * `ms` with the rest still open: no connection that stalls outlives the process.
   */
  async drain(ms: number): Promise<void> {
    this.#stopping.abort();
    const limit = new AbortController();
    await Promise.race([
      // A listener that has just failed has nothing left to finish.
      this.#generation.server.shutdown().catch(() => {}),
      sleep(this.#options.clock, ms, limit.signal).catch(() => {}),
    ]);
    limit.abort();
  }

  /** Drops every connection at once. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.#generation.controller.abort();
    await this.#generation.server.finished;
  }

  /**
   * Switches to another certificate, or to none: as soon as no answer is in progress, or after a few
   * seconds, a new listener replaces the old one. Idle connections are closed with the old one, and
   * clients open others.
   */
  async renew(tls: TlsPair | undefined): Promise<void> {
    this.#tls = tls;
    await this.#underWay.quiet(RENEWAL_TIME, this.#stopping.signal);
    // A listener that was started in the meantime has the newest certificate.
    if (this.#generation.tls !== this.#tls) await this.drop();
  }

  /** Drops every connection, and listens again at once. */
  async drop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { controller, replaced } = this.#generation;
    controller.abort();
    await replaced.promise;
  }

  async #answer(request: Request): Promise<Response> {
    const response = await this.#options.handler(request);
    // The connection is closed after this answer, so announce that to the client.
    if (this.#stopping.signal.aborted) response.headers.set("connection", "close");
    return response;
  }

  /** Replaces each listener that has ended, for whatever reason: nothing else listens again. */
  async #supervise(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const { server, controller, replaced } = this.#generation;
      try {
        // Its port is free only then, within a millisecond.
        await server.finished;
      } catch (error) {
        if (!this.#stopping.signal.aborted) this.#report(error);
        // Closes the idle, half-sent and stalled connections, whose descriptors are needed.
        controller.abort();
      }
      await this.#listenAgain();
      replaced.resolve();
    }
  }

  #report(error: unknown): void {
    const msg = "The HTTP listener failed and is started again; open connections are dropped";
    log.warn(msg, { error });
    this.#options.onRestart();
  }

  async #listenAgain(): Promise<void> {
    const backoff = new Backoff();
    const { clock } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        this.#generation = this.#listen(this.address);
        return;
      } catch (error) {
        log.error("Cannot listen again, trying once more soon", { error });
        await sleep(clock, backoff.next(), this.#stopping.signal).catch(() => {});
      }
    }
  }

  /** Every interface means IPv6 and IPv4, or IPv4 alone where IPv6 is switched off. */
  #listenAnywhere({ hostname, port }: ListenAddress): Generation {
    if (hostname !== undefined) return this.#listen({ hostname, port });
    try {
      return this.#listen({ hostname: "::", port });
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) throw error;
      return this.#listen({ hostname: "0.0.0.0", port });
    }
  }

  #listen(address: { hostname: string; port: number }): Generation {
    const controller = new AbortController();
    const tls = this.#tls;
    const server = this.#serve(
      { ...address, ...tls, signal: controller.signal, onListen: () => {} },
      this.#underWay.handler,
    );
    return { controller, server, tls, replaced: Promise.withResolvers() };
  }
}

/** The part of `Deno.serve` that is used here. */
export type Serve = (
  options: Deno.ServeTcpOptions & Partial<TlsPair>,
  handler: Handler,
) => Deno.HttpServer<Deno.NetAddr>;

/** One listener with the connections that it has accepted. */
interface Generation {
  readonly controller: AbortController;
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  readonly tls: TlsPair | undefined;
  /** Resolved when another one listens in its place, or none is to. */
  readonly replaced: PromiseWithResolvers<void>;
}
