/** The result of a successful exchange. */
export interface ApiToken {
  jwt: string;
  /** Unix seconds. */
  validUntil: number;
}

/** The account's one API key and the tokens it was exchanged for. */
export class ApiKey {
  readonly id: string;
  #secret: string | undefined;
  readonly #lifetimeSeconds: number;
  readonly #validUntil = new Map<string, number>();

  constructor(id: string, secret: string, lifetimeSeconds: number) {
    this.id = id;
    this.#secret = secret;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** A new token, or null when the id or the secret is wrong. */
  exchange(id: string, secret: string, nowSeconds: number): ApiToken | null {
    if (id !== this.id || secret !== this.#secret) return null;
    this.#forgetExpired(nowSeconds);
    const token = {
      jwt: `demo.${crypto.randomUUID()}`,
      validUntil: Math.floor(nowSeconds) + this.#lifetimeSeconds,
    };
    this.#validUntil.set(token.jwt, token.validUntil);
    return token;
  }

  /** Whether `jwt` is valid. */
  accepts(jwt: string, nowSeconds: number): boolean {
    return nowSeconds < (this.#validUntil.get(jwt) ?? 0);
  }

  /** Every token given out and not yet expired or revoked, oldest first. */
  get tokens(): string[] {
    return [...this.#validUntil.keys()];
  }

  /** Revokes one token, or all of them. */
  revokeTokens(jwt?: string): void {
    if (jwt === undefined) this.#validUntil.clear();
    else this.#validUntil.delete(jwt);
  }

  /** Rotates the secret; tokens already given out stay valid. */
  setSecret(secret: string): void {
    this.#secret = secret;
  }

  /** Deletes the key with its tokens, until `setSecret` creates it again. */
  revoke(): void {
    this.#secret = undefined;
    this.revokeTokens();
  }

  #forgetExpired(nowSeconds: number): void {
    for (const [jwt, validUntil] of this.#validUntil) {
      if (validUntil <= nowSeconds) this.#validUntil.delete(jwt);
    }
  }
}
