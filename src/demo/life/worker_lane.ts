import type { PublicWorkerPool, WorkerPool } from "../api/account.ts";

/** Work for one worker; it calls `release` when it is done. */
export type Job = (release: () => void) => void;

const LONGEST_QUEUE_PER_WORKER = 3;

/** One worker pool with the work that waits for it; keeps the pool's own figures right. */
export abstract class WorkerLane {
  /** How many workers there are, drained ones included. */
  abstract readonly size: number;
  readonly #pool: PublicWorkerPool | WorkerPool;
  readonly #waiting: Job[] = [];

  constructor(pool: PublicWorkerPool | WorkerPool) {
    this.#pool = pool;
  }

  /** Whether more work would have to be refused. */
  get isFull(): boolean {
    return this.#waiting.length >= LONGEST_QUEUE_PER_WORKER * this.size;
  }

  /** Takes work in. */
  queue(job: Job): void {
    this.#waiting.push(job);
    this.#pool.pendingRuns = this.#waiting.length;
    this.start();
  }

  /** Gives waiting work to idle workers. */
  start(): void {
    while (this.#waiting.length > 0) {
      const release = this.takeWorker();
      if (release === undefined) break;
      const job = this.#waiting.shift();
      this.#pool.busyWorkers++;
      this.#pool.pendingRuns = this.#waiting.length;
      job?.(() => {
        release();
        this.#pool.busyWorkers--;
        this.start();
      });
    }
  }

  /** Makes an idle worker busy and returns what makes it idle again; undefined when all work. */
  protected abstract takeWorker(): (() => void) | undefined;
}

/** The public pool, which has a number of workers but no list of them. */
export class PublicLane extends WorkerLane {
  readonly size: number;
  readonly #pool: PublicWorkerPool;

  constructor(pool: PublicWorkerPool) {
    super(pool);
    this.#pool = pool;
    this.size = pool.parallelism;
  }

  protected override takeWorker(): (() => void) | undefined {
    return this.#pool.busyWorkers < this.#pool.parallelism ? () => {} : undefined;
  }
}

/** A private pool, whose workers can be drained. */
export class PrivateLane extends WorkerLane {
  readonly size: number;
  readonly #pool: WorkerPool;

  constructor(pool: WorkerPool) {
    super(pool);
    this.#pool = pool;
    this.size = pool.workers.length;
  }

  protected override takeWorker(): (() => void) | undefined {
    const worker = this.#pool.workers.find((worker) => !worker.busy && !worker.drained);
    if (worker === undefined) return undefined;
    worker.busy = true;
    return () => {
      worker.busy = false;
    };
  }
}
