import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of a few megabytes that can be filled to its last byte. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves this much room, rounded down to whole blocks. */
  fill(leaveBytes?: number): void;
  /** Makes all of it room again. */
  free(): void;
  unmount(): void;
}

const BLOCK_BYTES = 4_096;

/** Null where nothing may be mounted. */
export const mountSmallDisk = (megabytes: number): SmallDisk | null => {
  const path = mkdtempSync(join(tmpdir(), "steward-small-disk-"));
  const ballast = join(path, "ballast");
  if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "steward-test", path]).status !== 0) {
    rmSync(path, { recursive: true });
    return null;
  }
  return {
    path,
    fill: (leaveBytes = 0) => {
      const file = openSync(ballast, "w", 0o600);
      const block = Buffer.alloc(BLOCK_BYTES, 1);
      let bytes = 0;
      try {
        for (;;) bytes += writeSync(file, block);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      } finally {
        closeSync(file);
      }
      truncateSync(ballast, Math.max(0, bytes - leaveBytes));
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => {
      spawnSync("umount", ["-l", path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
};
