/** An answer that is still being written, or on its way out. */
export interface OpenStream {
  end(): void;
}

/** All of them, so that a stopping service can end them in good order and knows when they are gone. */
export interface OpenStreams {
  add(stream: OpenStream): void;
  delete(stream: OpenStream): void;
  /** Resolves when none is left: also not one whose last bytes are still on their way. */
  endAll(): Promise<void>;
  readonly size: number;
}

export function createOpenStreams(): OpenStreams {
  const streams = new Set<OpenStream>();
  let waiting: (() => void)[] = [];
  return {
    add: (stream) => void streams.add(stream),
    delete: (stream) => {
      streams.delete(stream);
      if (streams.size > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    endAll: () => {
      for (const stream of [...streams]) stream.end();
      if (streams.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    get size() {
      return streams.size;
    },
  };
}
