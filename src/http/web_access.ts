import type { Clock } from "../clock.ts";
import { log } from "../log.ts";
import { Pause } from "../pause.ts";
import { BasicAuth } from "./basic_auth.ts";
import { OPEN_PATHS, pathOf, plainText, type Route } from "./routes.ts";
import type { TlsPair } from "./server.ts";
import { WebConfigError } from "./web_config.ts";
import { readWebFiles, type WebFiles } from "./web_files.ts";

/** How often the files are checked for changes, in milliseconds. */
const WATCH_INTERVAL = 5_000;

/** Receives new versions of the files. */
export interface WebAccessListener {
  /** Called after each change, with whether the new version is in use. */
  readonly onReload: (success: boolean) => void;
  /** Called when the certificate changes or is removed. */
  readonly onTls: (tls: TlsPair | undefined) => Promise<void>;
}

/** TLS, passwords and headers of a web configuration file, kept up to date. */
export class WebAccess {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #pause: Pause;
  #files: WebFiles;
  #auth: BasicAuth | undefined;
  /** Why the current version of the files is not in use. */
  #problem: string | undefined;

  private constructor(path: string, clock: Clock, files: WebFiles) {
    this.#path = path;
    this.#clock = clock;
    this.#pause = new Pause(clock);
    this.#files = files;
    this.#auth = this.#createAuth(files);
    this.#warn(files);
  }

  /** Reads the files for the first time; throws `WebConfigError`. */
  static async open(path: string, clock: Clock): Promise<WebAccess> {
    return new WebAccess(path, clock, await readWebFiles(path, clock.wall()));
  }

  /** The certificate and its key, in PEM format. */
  get tls(): TlsPair | undefined {
    return this.#files.tls;
  }

  /** Protects a route: only health checks need no password. */
  guard(route: Route): Route {
    return async (request) => {
      const response = await this.#refusal(request) ?? await route(request);
      for (const [name, value] of Object.entries(this.#files.headers)) {
        response.headers.set(name, value);
      }
      return response;
    };
  }

  /** Rereads the files every few seconds, and at once after `hurry`, until the signal aborts. */
  async watch(listener: WebAccessListener, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#pause.wait(0, WATCH_INTERVAL, signal);
      if (!signal.aborted) await this.#reload(listener);
    }
  }

  /** Has the files reread at once. */
  hurry(): void {
    this.#pause.hurry();
  }

  /** Rereads the files; an invalid version leaves the old one in place. */
  async #reload({ onReload, onTls }: WebAccessListener): Promise<void> {
    let files: WebFiles;
    try {
      files = await readWebFiles(this.#path, this.#clock.wall());
    } catch (error) {
      if (!(error instanceof WebConfigError)) throw error;
      // Log each invalid version once, however often it is read.
      if (error.message === this.#problem) return;
      this.#problem = error.message;
      log.error("Cannot use the new web configuration, the old one stays", {
        file: this.#path,
        error: error.message,
      });
      return onReload(false);
    }
    const old = this.#files;
    const isSame = sameUse(old, files);
    if (isSame && this.#problem === undefined) return;
    this.#problem = undefined;
    this.#files = files;
    if (!sameUsers(old, files)) this.#auth = this.#createAuth(files);
    log.info("The web configuration was read again", { file: this.#path });
    if (!isSame) this.#warn(files);
    if (!sameTls(old, files)) await onTls(files.tls);
    onReload(true);
  }

  async #refusal(request: Request): Promise<Response | undefined> {
    if (this.#auth === undefined || OPEN_PATHS.has(pathOf(request))) return undefined;
    switch (await this.#auth.check(request.headers.get("authorization"))) {
      case "accepted":
        return undefined;
      case "busy":
        return plainText(503, "Too many passwords are being checked, try again\n", {
          "retry-after": "1",
        });
      case "refused":
        return plainText(401, "Unauthorized\n", {
          "www-authenticate": 'Basic realm="spacelift-promex", charset="UTF-8"',
        });
    }
  }

  #createAuth({ users }: WebFiles): BasicAuth | undefined {
    return users === undefined ? undefined : new BasicAuth(users, this.#clock);
  }

  #warn({ warnings }: WebFiles): void {
    for (const sentence of warnings) log.warn(sentence, { file: this.#path });
  }
}

function sameUse(a: WebFiles, b: WebFiles): boolean {
  return sameTls(a, b) && sameUsers(a, b) &&
    JSON.stringify(a.headers) === JSON.stringify(b.headers);
}

function sameTls({ tls: a }: WebFiles, { tls: b }: WebFiles): boolean {
  return a?.cert === b?.cert && a?.key === b?.key;
}

function sameUsers({ users: a }: WebFiles, { users: b }: WebFiles): boolean {
  return JSON.stringify(a && [...a]) === JSON.stringify(b && [...b]);
}
