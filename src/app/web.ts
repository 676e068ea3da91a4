import { quote, UsageError } from "../cli/usage_error.ts";
import type { Clock } from "../clock.ts";
import { WebAccess } from "../http/web_access.ts";
import type { Server } from "../http/server.ts";
import { WebConfigError } from "../http/web_config.ts";
import { readWebFiles, type WebFiles } from "../http/web_files.ts";
import type { Instruments } from "../metrics/instruments.ts";

/** A web configuration file and the flag that names it. */
export interface WebConfigFile {
  readonly flag: string;
  readonly path: string;
}

/** Reads a web configuration for a server; throws `UsageError`. */
export async function openWebAccess(file: WebConfigFile, clock: Clock): Promise<WebAccess> {
  return await explained(file, WebAccess.open(file.path, clock));
}

/** Reads a web configuration for a client of the exporter; throws `UsageError`. */
export async function readForClient(file: WebConfigFile, clock: Clock): Promise<WebFiles> {
  return await explained(file, readWebFiles(file.path, clock.wall()));
}

/** Keeps a server on the newest version of the files until the signal aborts. */
export async function followWebAccess(
  access: WebAccess,
  options: { flag: string; server: Server; instruments: Instruments; signal: AbortSignal },
): Promise<void> {
  const { flag, server, instruments, signal } = options;
  const listener = {
    onReload: (success: boolean) => {
      instruments.webConfigReloaded.set(flag, success);
    },
    onTls: server.renew.bind(server),
  };
  listener.onReload(true);
  // Windows has no such signal.
  if (Deno.build.os === "windows") return await access.watch(listener, signal);
  const onHangUp = () => access.hurry();
  Deno.addSignalListener("SIGHUP", onHangUp);
  try {
    await access.watch(listener, signal);
  } finally {
    Deno.removeSignalListener("SIGHUP", onHangUp);
  }
}

async function explained<T>({ flag, path }: WebConfigFile, read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof WebConfigError)) throw error;
    throw new UsageError(`Cannot use ${flag} ${quote(path)}: ${error.message}`, {
      cause: error.cause,
    });
  }
}
