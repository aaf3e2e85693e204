import { readFileSync } from "node:fs";

/** Resident memory of a process, in megabytes (Linux). */
export function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} tells no resident memory`);
  return Number(kilobytes) / 1_024;
}

/** Looks again and again until `stop`, which answers the largest figure seen. */
export function watchResidentMb(pid: number, everyMs = 100): { stop(): number } {
  let peakMb = residentMb(pid);
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb(pid));
  }, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      return Math.max(peakMb, residentMb(pid));
    },
  };
}
