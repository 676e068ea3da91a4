import type { SimulatedApi } from "../api/simulated_api.ts";

/** Answers that repeat whatever secret the request held, each in its own way. */
export const ECHOES: Readonly<Record<string, (secrets: string) => Response>> = {
  "a GraphQL error": (secrets) => json({ data: null, errors: [{ message: `bad ${secrets}` }] }),
  "an unauthorized error": (secrets) =>
    json({ data: null, errors: [{ message: `unauthorized: ${secrets}` }] }),
  "an error with extensions": (secrets) =>
    json({ errors: [{ message: "bad", extensions: { secrets }, path: [secrets] }] }),
  "data of wrong types": (secrets) =>
    json({
      data: {
        usage: secrets,
        workerPools: [{ id: 1, name: secrets }],
        publicWorkerPool: { parallelism: secrets },
        metrics: { stacksCountByState: [{ value: secrets }] },
        apiKeyUser: { jwt: { secrets }, validUntil: secrets },
      },
    }),
  "a page of HTML": (secrets) =>
    new Response(`<html>${secrets}</html>`, { headers: { "content-type": "text/html" } }),
  "HTTP 400": (secrets) => json({ errors: [{ message: `bad ${secrets}` }] }, 400),
  "HTTP 401": (secrets) => new Response(secrets, { status: 401 }),
  "HTTP 500": (secrets) => new Response(secrets, { status: 500, statusText: "Oh no" }),
  "a redirect": (secrets) =>
    new Response(null, {
      status: 302,
      headers: { location: `http://${secrets}.invalid/?${secrets}` },
    }),
  "broken JSON": (secrets) =>
    new Response(`{"data":"${secrets}`, { headers: { "content-type": "application/json" } }),
};

/** An API that hands requests on to a simulated account, or repeats the secrets they hold. */
export class EchoingApi implements AsyncDisposable {
  readonly url: string;
  /** Undefined while the account itself answers. */
  echo: ((secrets: string) => Response) | undefined;
  /** Whether the key is exchanged nevertheless. */
  sparesExchange = false;
  /** Every secret that was repeated in an answer. */
  readonly echoed: Set<string> = new Set();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** The key's secret, which an API may repeat long after it was sent. */
  #keySecret = "";

  constructor(demo: SimulatedApi) {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      return this.#answer(request, demo);
    });
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }

  async #answer(request: Request, demo: SimulatedApi): Promise<Response> {
    const body = await request.text();
    const authorization = request.headers.get("authorization");
    this.#keySecret = JSON.parse(body).variables?.secret ?? this.#keySecret;
    const isSpared = this.sparesExchange && authorization === null;
    if (this.echo === undefined || isSpared) {
      const headers = { ...(authorization === null ? {} : { authorization }) };
      const reply = await fetch(`${demo.url}/graphql`, { method: "POST", headers, body });
      return json(await reply.json());
    }
    const token = authorization?.replace("Bearer ", "");
    const secrets = token === undefined ? [this.#keySecret] : [this.#keySecret, token];
    for (const secret of secrets) this.echoed.add(secret);
    return this.echo(secrets.join("+"));
  }
}

function json(value: unknown, status = 200): Response {
  return Response.json(value, { status });
}
