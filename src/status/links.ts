/** How a page shows what people open: where the account is, and at which moment, in Unix seconds. */
export interface View {
  readonly accountUrl: URL | undefined;
  readonly now: number;
}

const SPACELIFT_HOST = /^[a-z0-9-]+\.app\.(?:us\.)?spacelift\.io$/;

/** Where people open the account that has this API endpoint; undefined when that is unknown. */
export function accountUrlOf(endpoint: URL): URL | undefined {
  const isSpacelift = endpoint.protocol === "https:" && SPACELIFT_HOST.test(endpoint.host);
  return isSpacelift ? new URL("/", endpoint) : undefined;
}

/** The address of a stack's own page in the account. */
export function stackUrl(account: URL, id: string): string {
  const folder = account.pathname.replace(/\/+$/, "");
  return `${account.origin}${folder}/stack/${encodeURIComponent(id)}`;
}

/** The address of a run's own page in the account. */
export function runUrl(account: URL, stack: string, run: string): string {
  return `${stackUrl(account, stack)}/run/${encodeURIComponent(run)}`;
}
