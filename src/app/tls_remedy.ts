/** Why a server is not trusted, and what to do about it. */
export interface TlsProblem {
  readonly reason: string;
  readonly remedy: string;
}

/** The reasons for which the runtime does not trust a server, by parts of its texts. */
const PROBLEMS: readonly (readonly [RegExp, TlsProblem])[] = [
  [/CaUsedAsEndEntity/, {
    reason: "the server presents an authority's certificate, as `openssl req -x509` makes it, as " +
      "its own",
    remedy: "have the authority sign a certificate for the server, and give the authority's with " +
      "--ca-cert-path; or make a self-signed one with basicConstraints=CA:FALSE, and give that",
  }],
  [/UnknownIssuer|BadSignature/, {
    reason: "no authority that this machine trusts has signed the server's certificate",
    remedy: "give that authority's certificate, or the server's own if it is self-signed, with " +
      "--ca-cert-path",
  }],
  [/Expired|NotValidYet/i, {
    reason: "the server's certificate has expired or is not yet valid",
    remedy: "renew the certificate, or set this machine's clock right",
  }],
  [/NotValidForName/, {
    reason: "the server's certificate is for another name",
    remedy: "use the name in --api-endpoint that the certificate is for",
  }],
  [/InvalidContentType|corrupt message|InvalidMessage/i, {
    reason: "what answers there does not speak TLS",
    remedy: "check the port, or begin --api-endpoint with http://",
  }],
];

const OTHER: TlsProblem = {
  reason: "the server is not trusted",
  remedy: "check the server's certificate, and --ca-cert-path",
};

/** What the runtime's reason for not trusting a server means. */
export function explainTls(problem: string): TlsProblem {
  return PROBLEMS.find(([pattern]) => pattern.test(problem))?.[1] ?? OTHER;
}
