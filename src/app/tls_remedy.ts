/** Why a server is not trusted, and the remedy. */
export interface TlsProblem {
  readonly reason: string;
  readonly remedy: string;
}

/** The reasons why the runtime does not trust a server, by parts of its messages. */
const PROBLEMS: readonly (readonly [RegExp, TlsProblem])[] = [
  [/CaUsedAsEndEntity/, {
    reason: "the server presents an authority's certificate, as `openssl req -x509` makes it, as " +
      "its own",
    remedy: "have the authority sign a certificate for the server, and give the authority's with " +
      "--ca-cert-path; or make a self-signed one with basicConstraints=CA:FALSE, and give that",
  }],
  [/UnknownIssuer|BadSignature/, {
    reason: "the server's certificate is not signed by an authority that this machine trusts",
    remedy: "give that authority's certificate, or the server's own if it is self-signed, with " +
      "--ca-cert-path",
  }],
  [/Expired|NotValidYet/i, {
    reason: "the server's certificate has expired or is not yet valid",
    remedy: "renew the certificate, or set this machine's clock right",
  }],
  [/NotValidForName/, {
    reason: "the server's certificate is for a different name",
    remedy: "use a name in --api-endpoint that the certificate contains",
  }],
  [/InvalidContentType|corrupt message|InvalidMessage/i, {
    reason: "the server there does not speak TLS",
    remedy: "check the port, or begin --api-endpoint with http://",
  }],
  [/did not answer within/, {
    reason: "the server there does not complete the TLS handshake",
    remedy: "check the port, or begin --api-endpoint with http:// if the server there does not " +
      "speak TLS; a firewall or proxy in between may also hold the handshake up",
  }],
];

const OTHER: TlsProblem = {
  reason: "the server is not trusted",
  remedy: "check the server's certificate, and --ca-cert-path",
};

/** Explains the runtime's reason for not trusting a server. */
export function explainTls(problem: string): TlsProblem {
  return PROBLEMS.find(([pattern]) => pattern.test(problem))?.[1] ?? OTHER;
}
