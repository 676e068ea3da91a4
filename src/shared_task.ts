/**
 * Work that all callers share while it runs. One caller's signal does not affect the others; the
 * work is aborted when the last caller leaves, and a later caller starts a new run.
 */
export class SharedTask<T> {
  readonly #work: (signal: AbortSignal) => Promise<T>;
  #run: Run<T> | undefined;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#work = work;
  }

  /** Whether a caller that joins now would share work. */
  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  /**
   * Resolves or rejects with the work, or rejects with the signal's reason if that aborts first.
   * With `restart`, new work replaces the work under way, which continues for the callers that
   * already wait for it.
   */
  async join(signal: AbortSignal, options: { restart?: boolean } = {}): Promise<T> {
    signal.throwIfAborted();
    if (options.restart) this.#run = undefined;
    const run = this.#run ??= this.#start();
    run.waiters++;
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([run.result, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      run.waiters--;
      if (run.waiters === 0 && !run.isOver) {
        if (this.#run === run) this.#run = undefined;
        run.controller.abort(signal.reason);
      }
    }
  }

  #start(): Run<T> {
    const controller = new AbortController();
    const run: Run<T> = {
      controller,
      waiters: 0,
      isOver: false,
      result: this.#work(controller.signal),
    };
    const end = () => {
      run.isOver = true;
      if (this.#run === run) this.#run = undefined;
    };
    run.result.then(end, end);
    return run;
  }
}

interface Run<T> {
  readonly controller: AbortController;
  readonly result: Promise<T>;
  waiters: number;
  isOver: boolean;
}
