/** An answer that is still being written, or on its way out. */
export interface OpenStream {
  /** The service stops. */
  end(): void;
  /** Whoever reads it may not any more. */
  cutOff(): void;
  /** The browser that reads it; undefined = a program. */
  readonly webSessionId: string | undefined;
}

/** All of them, so that a stopping service can end them in good order and knows when they are gone. */
export interface OpenStreams {
  add(stream: OpenStream): void;
  delete(stream: OpenStream): void;
  /** Resolves when none is left: also not one whose last bytes are still on their way. */
  endAll(): Promise<void>;
  /** Ends what these browsers read: they have been signed out. */
  cutOff(webSessionIds: readonly string[]): void;
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
    cutOff: (webSessionIds) => {
      for (const stream of [...streams]) {
        if (stream.webSessionId !== undefined && webSessionIds.includes(stream.webSessionId)) stream.cutOff();
      }
    },
    get size() {
      return streams.size;
    },
  };
}
