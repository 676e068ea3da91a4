import { isIPv4, isIPv6 } from "node:net";

/** Where to listen: one interface, or every interface when no host is given. */
export interface ListenAddress {
  /** A name or an IP address without brackets. */
  readonly hostname: string | undefined;
  /** 0 lets the system choose. */
  readonly port: number;
}

const ADDRESS = /^(?:\[(?<ipv6>[^\]]*)\]|(?<host>[^:[\]]*)):(?<port>\d{1,5})$/;

const NAME = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/i;

/**
 * Parses `:9953`, `127.0.0.1:0`, `localhost:9953` or `[::1]:9953`; undefined for any other text,
 * such as one without a port.
 */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const { ipv6, host, port } = ADDRESS.exec(text)?.groups ?? {};
  if (port === undefined || Number(port) > 65535) return undefined;
  if (ipv6 !== undefined) {
    return isPlainIPv6(ipv6) ? { hostname: ipv6, port: Number(port) } : undefined;
  }
  if (host === undefined || host === "") return { hostname: undefined, port: Number(port) };
  return isIPv4(host) || isHostName(host) ? { hostname: host, port: Number(port) } : undefined;
}

/** Formats an address, with an IPv6 host in brackets; `parseListenAddress` reads it back. */
export function formatListenAddress({ hostname = "", port }: ListenAddress): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** Replaces the wildcard address, which cannot be connected to, with the loopback interface. */
export function reachable({ hostname, port }: ListenAddress): ListenAddress {
  if (hostname === undefined || hostname === "0.0.0.0") return { hostname: "127.0.0.1", port };
  return { hostname: hostname === "::" ? "::1" : hostname, port };
}

/** The URL at which a browser on this machine reaches a server that listens on an address. */
export function urlToOpen(
  { hostname = "::", port }: ListenAddress,
  scheme: "http" | "https" = "http",
): string {
  const everywhere = hostname === "::" || hostname === "0.0.0.0";
  return `${scheme}://${
    formatListenAddress({ hostname: everywhere ? "localhost" : hostname, port })
  }/`;
}

/** False for an address with a zone, such as `fe80::1%eth0`: the runtime cannot listen on it. */
function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes("%");
}

function isHostName(text: string): boolean {
  const labels = text.split(".");
  // A last label of digits alone is a mistyped IPv4 address.
  return text.length <= 253 && !/^\d+$/.test(labels.at(-1) ?? "") &&
    labels.every((label) => label.length <= 63 && NAME.test(label));
}
