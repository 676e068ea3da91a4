/** Whether a URL names this machine's loopback interface. */
export function isOnLoopback({ hostname }: URL): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * What makes an HTTP client connect straight to a server on this machine's loopback interface, which
 * a proxy that the environment names would look for on its own; nothing for any other server.
 */
export function aroundProxies(url: URL | undefined): Pick<Deno.CreateHttpClientOptions, "proxy"> {
  // Of a connection that it is told where to make, the runtime makes no TLS one.
  if (url?.protocol !== "http:" || !isOnLoopback(url)) return {};
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  return { proxy: { transport: "tcp", hostname, port: Number(url.port || 80) } };
}
