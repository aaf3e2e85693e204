/** Now, on the clock that every process of this machine shares, to the microsecond. */
export const machineNowMs = (): number => performance.timeOrigin + performance.now();

export interface Stamp {
  /** When the CLI wrote it. */
  sentAtMs: number;
  /** From there to the reader. */
  latencyMs: number;
}

/** How long each piece was on its way, from the first to the last. */
export const everyPiece = (readers: readonly StampReader[]): number[] =>
  readers.flatMap(({ stamps }) => stamps.map(({ latencyMs }) => latencyMs));

/**
 * What was sent while everybody was streaming: after the last one's first piece and before the first one's last. What
 * beginning and ending turns costs is not in it.
 */
export function whileAllStream(readers: readonly StampReader[]): number[] {
  const from = Math.max(...readers.map(({ stamps }) => stamps[0]?.sentAtMs ?? Number.POSITIVE_INFINITY));
  const to = Math.min(...readers.map(({ stamps }) => stamps.at(-1)?.sentAtMs ?? 0));
  return readers.flatMap(({ stamps }) =>
    stamps.filter(({ sentAtMs }) => sentAtMs >= from && sentAtMs <= to).map(({ latencyMs }) => latencyMs),
  );
}

/** Reads the times that the stub CLI writes into its text (`@<time> `), and keeps how long each was on its way. */
export class StampReader {
  readonly stamps: Stamp[] = [];
  #rest = "";

  /** Text as it arrives, in any pieces. */
  read(text: string): void {
    const nowMs = machineNowMs();
    const seen = this.#rest + text;
    let from = 0;
    for (const match of seen.matchAll(/@(\d+\.\d{3}) /g)) {
      const sentAtMs = Number(match[1]);
      this.stamps.push({ sentAtMs, latencyMs: nowMs - sentAtMs });
      from = match.index + match[0].length;
    }
    this.#rest = seen.slice(from).slice(-40);
  }
}
