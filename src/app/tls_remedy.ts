/** What to do about the reasons for which the runtime does not trust a server, by parts of its texts. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /CaUsedAsEndEntity/,
    "the server shows the certificate of an authority as its own: make an authority, have it sign a " +
    "certificate for the server, and give the authority's with --ca-cert-path",
  ],
  [
    /UnknownIssuer|BadSignature/,
    "no known authority has signed the certificate: give that authority's with --ca-cert-path",
  ],
  [/Expired|NotValidYet/i, "renew the server's certificate, or set this machine's clock right"],
  [/NotValidForName/, "give the name in --api-endpoint that the server's certificate is for"],
  [
    /InvalidContentType|corrupt message|InvalidMessage/i,
    "what answers there speaks no TLS: check the port, or begin --api-endpoint with http://",
  ],
];

/** What to do when a server is not trusted. */
export function tlsRemedy(problem: string): string {
  return REMEDIES.find(([pattern]) => pattern.test(problem))?.[1] ??
    "check the server's certificate, and --ca-cert-path";
}
