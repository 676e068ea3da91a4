import { isOnLoopback } from "../spacelift/around_proxies.ts";
import type { Io } from "./io.ts";

/**
 * Exempts this URL from the environment's proxy when it is on the loopback interface or `NO_PROXY`
 * names it: the runtime, which reads that variable itself, does not support upper-case names,
 * `*.domain` or `host:port`.
 */
export function bypassProxy(url: URL, { env, setEnv }: Pick<Io, "env" | "setEnv">): void {
  // An empty variable counts as not set, as in Go and curl.
  const exceptions = env("NO_PROXY") || env("no_proxy") || "";
  if (!isOnLoopback(url) && !isException(url, exceptions)) return;
  // The runtime expects an IPv6 address without brackets here.
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  setEnv("NO_PROXY", exceptions === "" ? host : `${exceptions},${host}`);
}

/**
 * Whether a list in the form of `NO_PROXY` names a URL; networks such as 10.0.0.0/8 are ignored.
 */
export function isException(url: URL, exceptions: string): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return exceptions.toLowerCase().split(/[\s,]+/).some((entry) => {
    if (entry === "*") return true;
    const [, host = "", onPort = port] = /^(\[[^\]]*\]|[^:]+)(?::(\d+))?$/.exec(entry) ??
      [entry, `[${entry}]`];
    if (onPort !== port) return false;
    const [, isWithin, name = ""] = /^(\*?\.)?(.+)$/.exec(host) ?? [];
    const isSame = isWithin === undefined && url.hostname === name;
    return isSame || url.hostname.endsWith(`.${name}`);
  });
}
