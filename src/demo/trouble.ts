import { Kind as NodeKind, parse } from "graphql";
import { aborted } from "../aborted.ts";
import { type Clock, sleep } from "../clock.ts";
import { log } from "../log.ts";
import type { Answer } from "./api/server.ts";
import { parseGraphqlCall } from "./api/graphql_call.ts";
import { Random } from "./life/random.ts";

/** What can be wrong with a part of the API, as the log phrases it. */
const KINDS = {
  fails: "answers with HTTP 502",
  hangs: "does not answer",
  refuses: "refuses the key",
  limits: "limits the rate of requests",
} as const;

type Kind = keyof typeof KINDS;

interface Part {
  readonly name: string;
  /** Undefined means all of them. */
  readonly fields?: readonly string[];
}

/** Parts of the API by the fields at the root of a document. */
const WHOLE: Part = { name: "The whole API" };
const PARTS: readonly [Part, ...Part[]] = [
  WHOLE,
  { name: "The part for worker pools", fields: ["workerPools", "publicWorkerPool"] },
  { name: "The part for usage", fields: ["usage"] },
  { name: "The part for account metrics", fields: ["metrics"] },
  { name: "The part for stacks and runs", fields: ["searchStacks", "searchRuns", "stack"] },
];

/** How long a trouble lasts, and how long the API is healthy before it, in seconds. */
const TROUBLE = { least: 60, most: 120 };
const HEALTH = { least: 45, most: 90 };

/** How long before the first trouble, in seconds: viewers should see a healthy API first. */
const FIRST = { least: 20, most: 30 };

/** How long a client is asked to stay away by a limit on requests, in seconds. */
const RETRY_AFTER = 20;

const SECOND = 1000;

/** One trouble and the part of the API that has it. */
interface Spell {
  readonly kind: Kind;
  readonly part: Part;
}

/** Wraps an API and makes parts of it fail in turn; the same seed gives the same troubles. */
export class Trouble {
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #kinds: Kind[] = [];
  /** The first trouble should be impossible to overlook. */
  readonly #parts: Part[] = [WHOLE];
  #spell: Spell | undefined;

  constructor(options: { seed: number; clock: Clock }) {
    this.#random = new Random(options.seed);
    this.#clock = options.clock;
  }

  /** Starts and ends troubles, and logs them, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#pass(FIRST, signal);
      for (;;) {
        const spell = this.#next();
        this.#spell = spell;
        log.info(`Trouble begins: ${spell.part.name} ${KINDS[spell.kind]}`, { simulated: true });
        await this.#pass(TROUBLE, signal);
        this.#spell = undefined;
        log.info("Trouble ends: the API is well", { simulated: true });
        await this.#pass(HEALTH, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Answers as the API does, or as the present trouble makes it. */
  async answer(request: Request, api: Answer): Promise<Response> {
    const spell = this.#spell;
    if (spell === undefined) return await api(request);
    const { url, method, headers, signal } = request;
    const body = await request.text().catch(() => "");
    const whole = new Request(url, { method, headers, body: body === "" ? null : body });
    return this.#isMet(spell, body) ? await respond(spell.kind, signal) : await api(whole);
  }

  #pass({ least, most }: { least: number; most: number }, signal: AbortSignal): Promise<void> {
    return sleep(this.#clock, this.#random.integer(least, most) * SECOND, signal);
  }

  /** Every kind and every part comes once before any comes again. */
  #next(): Spell {
    return {
      kind: this.#draw(this.#kinds, ["fails", "hangs", "refuses", "limits"]),
      part: this.#draw(this.#parts, PARTS),
    };
  }

  #draw<T>(rest: T[], all: readonly [T, ...T[]]): T {
    if (rest.length === 0) rest.push(...all);
    const [drawn = all[0]] = rest.splice(this.#random.integer(0, rest.length - 1), 1);
    return drawn;
  }

  #isMet({ kind, part: { fields } }: Spell, body: string): boolean {
    const asked = rootFields(parseGraphqlCall(body)?.document ?? "");
    // A key that is refused at its exchange ends an exporter, and with it the demo.
    if (kind === "refuses" && asked.includes("apiKeyUser")) return false;
    return fields === undefined || asked.some((field) => fields.includes(field));
  }
}

async function respond(kind: Kind, signal: AbortSignal): Promise<Response> {
  switch (kind) {
    case "fails":
      return new Response("Bad gateway", { status: 502 });
    case "hangs":
      await aborted(signal);
      return new Response(null, { status: 503 });
    case "refuses":
      return Response.json({ data: null, errors: [{ message: "unauthorized" }] });
    case "limits":
      return new Response("Too many requests", {
        status: 429,
        headers: { "retry-after": String(RETRY_AFTER) },
      });
  }
}

function rootFields(document: string): string[] {
  try {
    return parse(document).definitions.flatMap((definition) =>
      definition.kind === NodeKind.OPERATION_DEFINITION
        ? definition.selectionSet.selections.flatMap((selection) =>
          selection.kind === NodeKind.FIELD ? [selection.name.value] : []
        )
        : []
    );
  } catch {
    return [];
  }
}
