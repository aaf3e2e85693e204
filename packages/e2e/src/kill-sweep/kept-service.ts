/** One run of a service. */
export interface ServiceRun {
  pid: number;
  exited: Promise<number | null>;
  /** Rejects when it ended before. */
  ready: Promise<void>;
}

/** A service that is started again whenever it was killed, as a supervisor does it. */
export interface KeptService {
  /** Resolves when it runs and is ready. Rejects when it ended otherwise than by a kill. */
  up(): Promise<void>;
  /** SIGKILL; resolves when it is gone and the next one is on its way. */
  kill(): Promise<void>;
  /** How often it was killed, by whomever. */
  readonly kills: number;
  /** What has ended stays so from now on. */
  release(): void;
}

/** @param launch starts it; called again after every kill */
export const keepService = (first: ServiceRun, launch: () => ServiceRun): KeptService => {
  let current = first;
  let kills = 0;
  let released = false;
  let defect: Error | null = null;

  const watch = (run: ServiceRun): void => {
    current = run;
    run.ready.catch(() => undefined);
    void run.exited.then((code) => {
      if (released) return;
      if (code !== null) {
        defect = new Error(`a kept service ended by itself, with code ${code}`);
        return;
      }
      kills += 1;
      watch(launch());
    });
  };
  watch(first);

  return {
    up: async () => {
      for (;;) {
        const run = current;
        const failure = await run.ready.then(
          () => null,
          (error: unknown) => error,
        );
        if (defect) throw defect;
        if (run !== current) continue;
        if (failure === null) return;
        // Not ready because it was killed: the next one is on its way. Anything else is a defect.
        if ((await Promise.race([run.exited, Promise.resolve("runs")])) === "runs") throw failure;
      }
    },
    kill: async () => {
      const { pid, exited } = current;
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        // ESRCH: it was faster.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
      await exited;
    },
    get kills() {
      return kills;
    },
    release: () => {
      released = true;
    },
  };
};
