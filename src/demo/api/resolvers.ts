import { GraphQLError } from "graphql";
import type { Account, AccountMetrics, PublicWorkerPool, Space } from "./account.ts";
import type { Stack, Usage, WorkerPool } from "./account.ts";
import type { ApiToken } from "./api_key.ts";
import { deriveMetrics } from "./derive_metrics.ts";
import { type Page, page, type PageInput } from "./page.ts";

/** Who asks, and what is asked of. */
export interface ResolverContext {
  account: Account;
  /** Id of the API key behind the request's token, or null when that token is not accepted. */
  viewerId: string | null;
  exchange(id: string, secret: string): ApiToken | null;
}

interface User extends Partial<ApiToken> {
  id: string;
}

interface ResolvedStack extends Stack {
  spaceDetails: Space | null;
  entities(): { id: string; drifted: number | null }[];
}

/** The root value that graphql-js executes a document against: one method per root field. */
export class Resolvers {
  readonly #context: ResolverContext;

  constructor(context: ResolverContext) {
    this.#context = context;
  }

  apiKeyUser({ id, secret }: { id: string; secret: string }): User | null {
    const token = this.#context.exchange(id, secret);
    return token === null ? null : { id, ...token };
  }

  viewer(): User | null {
    const { viewerId } = this.#context;
    return viewerId === null ? null : { id: viewerId };
  }

  publicWorkerPool(): PublicWorkerPool | null {
    return this.#read().publicWorkerPool;
  }

  workerPools(): WorkerPool[] {
    return this.#read().workerPools;
  }

  usage(): Usage {
    return this.#read().usage;
  }

  metrics(): AccountMetrics | null {
    return deriveMetrics(this.#read());
  }

  spaces(): Space[] {
    return this.#read().spaces;
  }

  stacks(): ResolvedStack[] {
    const { stacks, spaces } = this.#read();
    return stacks.map((stack) => resolveStack(stack, spaces));
  }

  stack({ id }: { id: string }): ResolvedStack {
    const { stacks, spaces } = this.#read();
    const stack = stacks.find((stack) => stack.id === id);
    if (stack === undefined) throw new GraphQLError("not found");
    return resolveStack(stack, spaces);
  }

  /** Without a valid token the real API answers an empty list and no error; so does this. */
  searchStacks({ input }: { input: PageInput }): Page<ResolvedStack> {
    if (this.#context.viewerId === null) return page([], {});
    const { stacks, spaces } = this.#read();
    const found = page(stacks, input);
    return {
      ...found,
      edges: found.edges.map(({ cursor, node }) => ({ cursor, node: resolveStack(node, spaces) })),
    };
  }

  #read(): Account {
    if (this.#context.viewerId === null) throw new GraphQLError("unauthorized");
    return this.#context.account;
  }
}

function resolveStack(stack: Stack, spaces: readonly Space[]): ResolvedStack {
  return {
    ...stack,
    spaceDetails: spaces.find((space) => space.id === stack.space) ?? null,
    entities: () => listEntities(stack),
  };
}

function listEntities(stack: Stack): { id: string; drifted: number | null }[] {
  const length = Math.max(stack.entityCount, stack.driftedCount, 0);
  return Array.from({ length }, (_, index) => ({
    id: `${stack.id}/${index}`,
    drifted: index < stack.driftedCount ? stack.stateSetAt ?? 0 : null,
  }));
}
