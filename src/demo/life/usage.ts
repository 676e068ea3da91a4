import { monthAround } from "./billing_month.ts";
import type { WorkerFleet } from "./worker_fleet.ts";
import type { World } from "./world.ts";

const MINUTE = 60;
const SEATS_PER_SECOND = 1 / 1800;

/** Counts billed worker time, and starts again from zero each month. */
export class UsageMeter {
  readonly #world: World;
  readonly #fleet: WorkerFleet;
  #privateSeconds: number;
  #publicSeconds: number;

  constructor(world: World, fleet: WorkerFleet) {
    const { usage } = world.account;
    this.#world = world;
    this.#fleet = fleet;
    this.#privateSeconds = usage.usedPrivateMinutes * MINUTE;
    this.#publicSeconds = usage.usedPublicMinutes * MINUTE;
  }

  /** One second. */
  step(): void {
    const { account: { usage, publicWorkerPool }, now, random } = this.#world;
    if (now >= usage.billingPeriodEnd) {
      Object.assign(usage, monthAround(now));
      this.#privateSeconds = 0;
      this.#publicSeconds = 0;
      usage.usedSeats = 1;
    }
    this.#privateSeconds += this.#fleet.busyPrivate;
    this.#publicSeconds += publicWorkerPool.busyWorkers;
    usage.usedPrivateMinutes = Math.floor(this.#privateSeconds / MINUTE);
    usage.usedPublicMinutes = Math.floor(this.#publicSeconds / MINUTE);
    if (random.chance(SEATS_PER_SECOND)) usage.usedSeats++;
  }
}
