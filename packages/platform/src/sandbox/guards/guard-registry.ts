import { lstatSync } from "node:fs";
import type { GuardLedger } from "./guard-ledger.ts";
import type { GuardedPath, Placeholder } from "./guarded-path.ts";
import { place, unplace } from "./placeholders.ts";

/** The guards of one sandbox. */
export interface HeldGuards {
  /** What is there and can be mounted over: everything but links. */
  readonly mounts: readonly string[];
  /**
   * Paths that are not what they were at the start: removed or replaced, or hidden and come into being. The kernel takes a mount off a
   * path that somebody outside unlinks or renames over (`git config` and most editors do), and then nothing guards it.
   */
  changed(): string[];
  /** Placeholders go with the last sandbox that needs them. */
  release(): void;
}

/** Knows every guarded path of this service's sandboxes: places, counts, compares and removes. */
export interface GuardRegistry {
  /**
   * @param watched hidden paths, which a replacement uncovers in the same way, as does what is new there
   * @throws what the file system reports; then nothing of it is left
   */
  take(guarded: readonly GuardedPath[], watched: readonly string[]): HeldGuards;
  /** Takes away what an earlier service, killed, has left behind. Call before the first `take`. */
  removeLeftovers(): void;
}

interface Placed {
  placeholder: Placeholder;
  users: number;
}

/** @param ledger null where everything happens in a folder that is thrown away as a whole */
export function createGuardRegistry(ledger: GuardLedger | null): GuardRegistry {
  const placed = new Map<string, Placed>();
  const writeDown = (): void =>
    ledger?.write([...placed].map(([path, { placeholder }]) => ({ path, placeholder })));

  const use = ({ path, placeholder }: GuardedPath): void => {
    const known = placed.get(path);
    if (known !== undefined) known.users += 1;
    else if (placeholder !== null) placed.set(path, { placeholder, users: 1 });
  };
  const leave = (paths: readonly string[]): void => {
    for (const path of paths) {
      const known = placed.get(path);
      if (known === undefined) continue;
      known.users -= 1;
      if (known.users > 0) continue;
      unplace(path, known.placeholder);
      placed.delete(path);
    }
    if (paths.length > 0) writeDown();
  };

  return {
    take(guarded, watched) {
      const mine = guarded.filter(
        ({ path, placeholder }) => placed.has(path) || (placeholder !== null && identify(path) === null),
      );
      const paths = mine.map(({ path }) => path);
      for (const each of mine) use(each);
      try {
        if (paths.length > 0) writeDown();
        // Also one that is known: the owner may have taken it away.
        for (const path of paths) {
          const known = placed.get(path);
          if (known !== undefined) place(path, known.placeholder);
        }
      } catch (error) {
        leave(paths);
        throw error;
      }
      const there = guarded.map(({ path }) => path).filter((path) => identify(path) !== null);
      return hold(there, watched, () => leave(paths));
    },
    removeLeftovers() {
      for (const { path, placeholder } of ledger?.read() ?? []) unplace(path, placeholder);
      ledger?.write([]);
    },
  };
}

function hold(guarded: readonly string[], watched: readonly string[], leave: () => void): HeldGuards {
  const before = new Map([...guarded, ...watched].map((path) => [path, identify(path)]));
  const compare = (): string[] =>
    [...before].flatMap(([path, was]) => (identify(path) === was ? [] : [path]));
  let atTheEnd: string[] | null = null;
  return {
    mounts: guarded.filter(isMountable),
    changed: () => atTheEnd ?? compare(),
    release() {
      if (atTheEnd !== null) return;
      atTheEnd = compare();
      leave();
    },
  };
}

/** With the time of birth: file systems give the number of what was deleted to what is made next. */
function identify(path: string): string | null {
  const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
}

function isMountable(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isSymbolicLink();
}
