import { isOnLoopback } from "../spacelift/around_proxies.ts";
import type { Io } from "./io.ts";

/**
 * Keeps requests to this URL off the environment's proxy when it is on the loopback interface or
 * `NO_PROXY` names it: the runtime, which reads that variable itself, overlooks names in capitals,
 * `*.domain` and `host:port`.
 */
export function bypassProxy(url: URL, { env, setEnv }: Pick<Io, "env" | "setEnv">): void {
  const exceptions = env("NO_PROXY") ?? env("no_proxy") ?? "";
  if (!isOnLoopback(url) && !isException(url, exceptions)) return;
  // The runtime writes an IPv6 address without brackets here.
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  setEnv("NO_PROXY", exceptions === "" ? host : `${exceptions},${host}`);
}

/** Whether a list in the form of `NO_PROXY` names a URL; networks like 10.0.0.0/8 are not looked at. */
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
