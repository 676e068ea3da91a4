import type { Worker } from "../api/account.ts";
import { type Job, PrivateLane, PublicLane } from "./worker_lane.ts";
import type { World } from "./world.ts";

const PUBLIC_SHARE = 1 / 12;
const DRAINS_PER_WORKER_AND_SECOND = 1 / 3600;

/** The workers of an account: what waits for them, which are busy, which are drained. */
export class WorkerFleet {
  /** Public and private workers together. */
  readonly size: number;
  #busyPrivate = 0;
  readonly #world: World;
  readonly #public: PublicLane;
  readonly #private: PrivateLane[];
  /** Each private worker with the lane it works in. */
  readonly #workers: { worker: Worker; lane: PrivateLane }[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#public = new PublicLane(world.account.publicWorkerPool);
    this.#private = world.account.workerPools.map((pool) => {
      const lane = new PrivateLane(pool);
      for (const worker of pool.workers) this.#workers.push({ worker, lane });
      return lane;
    });
    this.size = this.#public.size + this.#workers.length;
  }

  /** Private workers that are busy now. */
  get busyPrivate(): number {
    return this.#busyPrivate;
  }

  /** Where the next work may wait, in a private pool mostly; undefined when that queue is full. */
  findQueue(): ((job: Job) => void) | undefined {
    const { random } = this.#world;
    const lane = random.chance(PUBLIC_SHARE) ? undefined : random.pick(this.#private);
    if (lane === undefined) {
      return this.#public.isFull ? undefined : (job) => this.#public.queue(job);
    }
    if (lane.isFull) return undefined;
    return (job) =>
      lane.queue((release) => {
        this.#busyPrivate++;
        job(() => {
          this.#busyPrivate--;
          release();
        });
      });
  }

  /** One second: now and then a worker is drained, to come back minutes later. */
  step(): void {
    const { random, agenda } = this.#world;
    for (let n = random.count(this.#workers.length * DRAINS_PER_WORKER_AND_SECOND); n > 0; n--) {
      const drained = random.pick(this.#workers);
      if (drained === undefined || drained.worker.drained) continue;
      drained.worker.drained = true;
      agenda.after(random.integer(60, 600), () => {
        drained.worker.drained = false;
        drained.lane.start();
      });
    }
  }
}
