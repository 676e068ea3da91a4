import { GraphQLError } from "graphql";
import type {
  Account,
  AccountMetrics,
  PublicWorkerPool,
  Run,
  Space,
  Stack,
  Usage,
  WorkerPool,
} from "./account.ts";
import type { ApiToken } from "./api_key.ts";
import { deriveMetrics } from "./derive_metrics.ts";
import { type Page, page, type PageInput } from "./page.ts";
import { type ResolvedRun, resolveRun } from "./resolve_run.ts";

/** The requester, and the account that it queries. */
export interface ResolverContext {
  account: Account;
  /**
   * Id of the API key that the request's token belongs to, or null when that token is not accepted.
   */
  viewerId: string | null;
  exchange(id: string, secret: string): ApiToken | null;
}

interface User extends Partial<ApiToken> {
  id: string;
}

interface ResolvedStack extends Stack {
  spaceDetails: Space | null;
  entities(): { id: string; drifted: number | null }[];
  run(args: { id: string }): ResolvedRun;
}

interface ResolvedRunNode {
  run: ResolvedRun;
  stack: ResolvedStack | null;
  isModule: boolean;
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
    const account = this.#read();
    return account.stacks.map((stack) => resolveStack(stack, account));
  }

  stack({ id }: { id: string }): ResolvedStack {
    const account = this.#read();
    const stack = account.stacks.find((stack) => stack.id === id);
    if (stack === undefined) throw new GraphQLError("not found");
    return resolveStack(stack, account);
  }

  run({ id }: { id: string }): ResolvedRun {
    return findRun(this.#read().runs, id);
  }

  /** Without a valid token the real API returns an empty list and no error; so does this. */
  searchStacks({ input }: { input: PageInput }): Page<ResolvedStack> {
    if (this.#context.viewerId === null) return page([], {});
    const account = this.#read();
    const found = page(account.stacks, input);
    return {
      ...found,
      edges: found.edges.map(({ cursor, node }) => ({ cursor, node: resolveStack(node, account) })),
    };
  }

  /** Newest first, and empty without a valid token as `searchStacks` is. */
  searchRuns(
    { input, offset }: { input: PageInput; offset?: number | null },
  ): Page<ResolvedRunNode> & { total: number } {
    if (this.#context.viewerId === null) return { ...page([], {}), total: 0 };
    const account = this.#read();
    const found = page(account.runs.toReversed(), input, offset ?? 0);
    return {
      ...found,
      edges: found.edges.map(({ cursor, node }) => ({ cursor, node: resolveNode(node, account) })),
      total: account.runs.length,
    };
  }

  #read(): Account {
    if (this.#context.viewerId === null) throw new GraphQLError("unauthorized");
    return this.#context.account;
  }
}

function resolveStack(stack: Stack, { spaces, runs }: Account): ResolvedStack {
  return {
    ...stack,
    spaceDetails: spaces.find((space) => space.id === stack.space) ?? null,
    entities: () => listEntities(stack),
    run: ({ id }) => findRun(runs, id, stack.id),
  };
}

function resolveNode(run: Run, account: Account): ResolvedRunNode {
  const stack = account.stacks.find(({ id }) => id === run.stackId);
  return {
    run: resolveRun(run),
    stack: run.isModule || stack === undefined ? null : resolveStack(stack, account),
    isModule: run.isModule,
  };
}

/** Searches from the newest: runs requested by id are mostly under way. */
function findRun(runs: readonly Run[], id: string, stackId?: string): ResolvedRun {
  const run = runs.findLast((run) => run.id === id);
  if (run === undefined || (stackId ?? run.stackId) !== run.stackId) {
    throw new GraphQLError("not found");
  }
  return resolveRun(run);
}

function listEntities(stack: Stack): { id: string; drifted: number | null }[] {
  const length = Math.max(stack.entityCount, stack.driftedCount, 0);
  return Array.from({ length }, (_, index) => ({
    id: `${stack.id}/${index}`,
    drifted: index < stack.driftedCount ? stack.stateSetAt ?? 0 : null,
  }));
}
