import type { ListenAddress } from "../http/listen_address.ts";
import { formatListenAddress } from "../http/listen_address.ts";
import { describeError } from "../log.ts";
import type { Io } from "./io.ts";
import type { SettingsOf } from "./settings.ts";

/** Asks a running exporter for its health and returns the exit code: 0 when it is well, else 1. */
export async function health(settings: SettingsOf<"health">, io: Io): Promise<number> {
  const url = `http://${formatListenAddress(reachable(settings.listenAddress))}/health`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(settings.scrapeTimeout) });
    const text = (await response.text()).trim();
    if (response.ok) {
      io.stdout(`${text}\n`);
      return 0;
    }
    io.stderr(`The exporter at ${url} is not well: HTTP ${response.status}: ${text}\n`);
  } catch (error) {
    io.stderr(`Cannot ask the exporter at ${url}: ${describeError(error)}\n`);
  }
  return 1;
}

/** Every interface is no address to connect to; the loopback interface is one of them. */
function reachable({ hostname, port }: ListenAddress): ListenAddress {
  if (hostname === undefined || hostname === "0.0.0.0") return { hostname: "127.0.0.1", port };
  return { hostname: hostname === "::" ? "::1" : hostname, port };
}
