import type { Clock } from "../../clock.ts";
import type { RunRef } from "./query.ts";
import { RecentRuns } from "./recent_runs.ts";
import type { Run } from "./run.ts";
import type { Tally } from "./tally.ts";

/** How long a run that the API no longer finds is kept, in milliseconds. */
const BELIEF = 10 * 60_000;

/** The same when the API fails instead of finding nothing, which it may do for every run. */
const BELIEF_IN_TROUBLE = 3600_000;

/** How long an ended run may wait for a history that shows its end, in milliseconds. */
const LAG_PATIENCE = 90_000;

/**
 * A first poll within this time after the start finds hardly any run that ended since, in seconds.
 */
const SOON = 30;

/**
 * A run is requested again after a tenth of the time that it has been in its state, capped at this,
 * in milliseconds.
 */
const LONGEST_PAUSE = 5 * 60_000;

/** How far the memory of ended runs may exceed its limit before it is trimmed. */
const SLACK = 1.05;

interface Unfinished {
  readonly run: Run;
  /** Monotonic milliseconds. */
  readonly seenAt: number;
  readonly changedAt: number;
  readonly missingSince: number | undefined;
  /** Since when it is known to have ended and waits for its history. */
  readonly laggingSince: number | undefined;
  /** Whether every older run is known as well. */
  readonly settled: boolean;
}

interface Ended {
  /** Unix seconds. */
  readonly createdAt: number;
  /** Whether every older run is known as well. */
  settled: boolean;
}

/**
 * Records each run once, whichever source reports it and however often: as under way, or as ended
 * and counted. Runs that ended before the exporter started are recorded but not counted.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #tally: Tally;
  readonly #unfinished = new Map<string, Unfinished>();
  readonly #ended = new Map<string, Ended>();
  readonly #recent = new RecentRuns();
  readonly #omitted = new Map<string, RunRef>();
  /** By the server's clock if that is known, in Unix seconds. */
  #startedAt: number;
  readonly #startedMonotonic: number;
  /** When the newest run of the first complete walk was created, in Unix seconds. */
  #baseline: number | undefined;
  /** Ended runs created up to this time may have been forgotten, in Unix seconds. */
  #forgotten = -Infinity;

  /** Remembers `limit` unfinished and `limit` ended runs. */
  constructor(options: { clock: Clock; limit: number; tally: Tally }) {
    this.#clock = options.clock;
    this.#limit = options.limit;
    this.#tally = options.tally;
    this.#startedAt = options.clock.wall() / 1000;
    this.#startedMonotonic = options.clock.monotonic();
  }

  /** The runs under way. */
  get unfinished(): Run[] {
    return [...this.#unfinished.values()]
      .filter(({ laggingSince }) => laggingSince === undefined)
      .map(({ run }) => run);
  }

  /** The runs that ended last, the latest first. */
  get lastEnded(): readonly Run[] {
    return this.#recent.runs;
  }

  /** The number of runs under way that the limit leaves out. */
  get omitted(): number {
    return this.#omitted.size;
  }

  /** Whether the run has ended and all older ones are known. */
  isSettled(id: string): boolean {
    return this.#ended.get(id)?.settled ?? false;
  }

  /**
   * Whether the run, ended or not, and all older ones are known; or the run was left out on
   * purpose.
   */
  isKnown(id: string): boolean {
    return this.isSettled(id) || this.#omitted.has(id) ||
      (this.#unfinished.get(id)?.settled ?? false);
  }

  hasEnded(id: string): boolean {
    return this.#ended.has(id);
  }

  /** Records what was reported about a run; repeated reports change nothing. */
  enter(run: Run): void {
    if (this.#ended.has(run.id)) return;
    if (run.course.hasEnded && !this.#waitsForHistory(run)) this.#end(run);
    else this.#continue(run);
  }

  /** Records that a walk has found these runs and every run between them and the known ones. */
  settle(ids: Iterable<string>, newest: number | undefined): void {
    this.#baseline ??= newest ?? -Infinity;
    for (const id of ids) {
      const ended = this.#ended.get(id);
      if (ended !== undefined) ended.settled = true;
      const unfinished = this.#unfinished.get(id);
      if (unfinished !== undefined) this.#unfinished.set(id, { ...unfinished, settled: true });
    }
  }

  /** Forgets the oldest ended runs beyond the limit. */
  tidy(): void {
    if (this.#ended.size <= SLACK * this.#limit) return;
    const oldestFirst = [...this.#ended].sort(([, a], [, b]) => a.createdAt - b.createdAt);
    for (const [id, { createdAt }] of oldestFirst.slice(0, this.#ended.size - this.#limit)) {
      this.#forgotten = Math.max(this.#forgotten, createdAt);
      this.#ended.delete(id);
    }
  }

  /** Adjusts to times that the API reported during the first walk: its clock may be ahead. */
  synchronize(unixSeconds: readonly number[]): void {
    if (this.#baseline !== undefined) return;
    const elapsed = (this.#clock.monotonic() - this.#startedMonotonic) / 1000;
    const newest = Math.max(...unixSeconds);
    if (newest <= this.#startedAt + elapsed) return;
    // The newest time may be the end of a run, which may be long ago.
    this.#startedAt = elapsed < SOON ? newest + 1 : newest - elapsed;
  }

  /**
   * The runs under way that were not seen since `since` and are due to be requested, oldest first.
   */
  due(since: number): RunRef[] {
    const now = this.#clock.monotonic();
    const due: (RunRef & { seenAt: number })[] = [];
    for (const [id, { run: { stack }, seenAt, changedAt }] of this.#unfinished) {
      const pause = Math.min((seenAt - changedAt) / 10, LONGEST_PAUSE);
      if (seenAt < since && now - seenAt >= pause) due.push({ id, stack, seenAt });
    }
    const room = Math.max(this.#limit - this.#unfinished.size, 0);
    return [
      ...due.sort((a, b) => a.seenAt - b.seenAt),
      ...[...this.#omitted.values()].slice(0, room),
    ];
  }

  /**
   * Records that the API did not find a run, or failed to; a run that stays missing is forgotten
   * uncounted.
   */
  miss(id: string, { inTrouble = false }: { inTrouble?: boolean } = {}): void {
    this.#omitted.delete(id);
    const known = this.#unfinished.get(id);
    if (known === undefined) return;
    if (known.laggingSince !== undefined) return this.#end(known.run);
    const now = this.#clock.monotonic();
    const missingSince = known.missingSince ?? now;
    const belief = inTrouble ? BELIEF_IN_TROUBLE : BELIEF;
    if (now - missingSince >= belief) this.#unfinished.delete(id);
    else this.#unfinished.set(id, { ...known, seenAt: now, missingSince });
  }

  /** Another look may show the seconds of a run that is to be counted. */
  #waitsForHistory(run: Run): boolean {
    if (!run.course.isLagging) return false;
    const now = this.#clock.monotonic();
    const known = this.#unfinished.get(run.id);
    if (known !== undefined) return now - (known.laggingSince ?? now) < LAG_PATIENCE;
    return this.#endedSinceStart(run) && this.#unfinished.size < this.#limit;
  }

  #continue(run: Run): void {
    const now = this.#clock.monotonic();
    const known = this.#unfinished.get(run.id);
    if (known === undefined && this.#unfinished.size >= this.#limit) {
      if (this.#omitted.size < this.#limit) {
        this.#omitted.set(run.id, { id: run.id, stack: run.stack });
      }
      return;
    }
    this.#omitted.delete(run.id);
    const isSame = known?.run.course.state === run.course.state;
    const changedAt = isSame ? known.changedAt : now - this.#age(run);
    this.#unfinished.set(run.id, {
      run,
      seenAt: now,
      changedAt,
      missingSince: undefined,
      laggingSince: run.course.isLagging ? known?.laggingSince ?? now : undefined,
      settled: known?.settled ?? false,
    });
    if (known === undefined) this.#tally.open(run, now);
  }

  #end(run: Run): void {
    const wasUnfinished = this.#unfinished.delete(run.id);
    this.#omitted.delete(run.id);
    const createdAt = run.createdAt ?? this.#clock.wall() / 1000;
    this.#ended.set(run.id, { createdAt, settled: false });
    if (wasUnfinished || this.#endedSinceStart(run)) {
      this.#tally.count(run, this.#clock.monotonic());
    }
    const at = run.course.since ?? (wasUnfinished ? this.#clock.wall() / 1000 : undefined);
    if (at === undefined) return;
    this.#tally.note(run, at);
    this.#recent.add(run, at);
  }

  /** Whether a run that was not seen under way ended after this process started. */
  #endedSinceStart({ createdAt, course: { since } }: Run): boolean {
    // It may have been counted and forgotten.
    if ((createdAt ?? Infinity) <= this.#forgotten) return false;
    if ((since ?? createdAt ?? -Infinity) >= this.#startedAt) return true;
    // The host's clock may have been ahead; a run newer than the first walk ended after it.
    return this.#baseline !== undefined && (createdAt ?? Infinity) > this.#baseline;
  }

  /** How long a run has been in its state, in milliseconds. */
  #age({ course: { since } }: Run): number {
    return since === undefined ? 0 : Math.max(this.#clock.wall() - since * 1000, 0);
  }
}
