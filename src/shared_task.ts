/**
 * Work that everyone who asks while it is under way shares. Nobody is cut short by another's signal,
 * and the work is aborted as soon as the last one has left; who comes after that starts it anew.
 */
export class SharedTask<T> {
  readonly #work: (signal: AbortSignal) => Promise<T>;
  #run: Run<T> | undefined;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#work = work;
  }

  /** Whether there is work that whoever comes now would share. */
  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  /**
   * Resolves or rejects with the work, or rejects with the signal's reason if that aborts first. Work
   * begun `anew` takes the place of what is under way, which goes on for those who wait for it.
   */
  async join(signal: AbortSignal, options: { anew?: boolean } = {}): Promise<T> {
    signal.throwIfAborted();
    if (options.anew) this.#run = undefined;
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
