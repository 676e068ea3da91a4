/** Whether a URL names this machine's loopback interface. */
export function isOnLoopback({ hostname }: URL): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * Options that make an HTTP client connect directly to a server on the loopback interface, which a
 * proxy would look for on its own machine; none for any other server.
 */
export function aroundProxies(url: URL | undefined): Pick<Deno.CreateHttpClientOptions, "proxy"> {
  // The runtime does not use TLS on connections whose destination is set here.
  if (url?.protocol !== "http:" || !isOnLoopback(url)) return {};
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  return { proxy: { transport: "tcp", hostname, port: Number(url.port || 80) } };
}
