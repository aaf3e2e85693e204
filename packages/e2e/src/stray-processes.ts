import { readdirSync, readFileSync } from "node:fs";

/** So long something that has just lost its service may take to notice. */
const NOTICE_MS = 3_000;

/** Whatever else was started for this rig, a helper of the sandbox for one: its command names the rig's folder. */
export const strays = async (root: string): Promise<number[]> => {
  for (const deadline = Date.now() + NOTICE_MS; ; ) {
    const left = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && commandOf(name).includes(root));
    if (left.length === 0 || Date.now() > deadline) return left.map(Number);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has gone between the listing and this look.
    return "";
  }
};

/** A process that has gone meanwhile is as good as ended. */
export const endNow = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};
