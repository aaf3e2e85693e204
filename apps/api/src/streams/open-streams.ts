/** An answer that is still being written. */
export interface OpenStream {
  end(): void;
}

/** All of them, so that a stopping service can end them in good order. */
export interface OpenStreams {
  add(stream: OpenStream): void;
  delete(stream: OpenStream): void;
  endAll(): void;
  readonly size: number;
}

export function createOpenStreams(): OpenStreams {
  const streams = new Set<OpenStream>();
  return {
    add: (stream) => void streams.add(stream),
    delete: (stream) => void streams.delete(stream),
    endAll: () => {
      for (const stream of [...streams]) stream.end();
    },
    get size() {
      return streams.size;
    },
  };
}
