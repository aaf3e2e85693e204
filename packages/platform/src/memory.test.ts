import { describe, expect, test } from "vitest";
import { createFakeFreeMemory, freeMemoryBytes, type MemorySource } from "./memory.ts";

const MEMINFO = "MemTotal:       24684000 kB\nMemFree:          500000 kB\nMemAvailable:    2000000 kB\n";
const AVAILABLE = 2_000_000 * 1_024;

function machine(
  files: Record<string, string>,
  platform: NodeJS.Platform = "linux",
  vmStat?: string,
): MemorySource {
  return { platform, readText: (path) => files[path], vmStat: () => vmStat, freeBytes: () => 123 };
}

describe("free memory on Linux", () => {
  test("is MemAvailable when no control group sets a limit", () => {
    const files = {
      "/proc/meminfo": MEMINFO,
      "/proc/self/cgroup": "0::/user.slice\n",
      "/sys/fs/cgroup/user.slice/memory.max": "max\n",
      "/sys/fs/cgroup/user.slice/memory.current": "5\n",
    };
    expect(freeMemoryBytes(machine(files))).toBe(AVAILABLE);
  });

  test("is what the tightest group up the v2 tree leaves, unused file cache counted as free", () => {
    const files = {
      "/proc/meminfo": MEMINFO,
      "/proc/self/cgroup": "0::/system.slice/steward.service\n",
      "/sys/fs/cgroup/system.slice/steward.service/memory.max": "max\n",
      "/sys/fs/cgroup/system.slice/steward.service/memory.current": "900\n",
      "/sys/fs/cgroup/system.slice/memory.max": "1000\n",
      "/sys/fs/cgroup/system.slice/memory.current": "900\n",
      "/sys/fs/cgroup/system.slice/memory.stat": "anon 600\ninactive_file 250\nactive_file 50\n",
    };
    expect(freeMemoryBytes(machine(files))).toBe(350);
  });

  test("sees a container's limit at the mount when the path is the host's", () => {
    const files = {
      "/proc/meminfo": MEMINFO,
      "/proc/self/cgroup": "5:cpu,memory:/docker/0123\n3:pids:/docker/0123\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "10000\n",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "4000\n",
      "/sys/fs/cgroup/memory/memory.stat": "inactive_file 1\ntotal_inactive_file 1000\n",
    };
    expect(freeMemoryBytes(machine(files))).toBe(7_000);
  });

  test("v1's huge number means no limit", () => {
    const files = {
      "/proc/meminfo": MEMINFO,
      "/proc/self/cgroup": "5:memory:/\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "4000\n",
    };
    expect(freeMemoryBytes(machine(files))).toBe(AVAILABLE);
  });

  test("a group over its limit leaves nothing, not less", () => {
    const files = {
      "/proc/meminfo": MEMINFO,
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/memory.max": "100\n",
      "/sys/fs/cgroup/memory.current": "150\n",
    };
    expect(freeMemoryBytes(machine(files))).toBe(0);
  });

  test("falls back to the kernel's figure without /proc", () => {
    expect(freeMemoryBytes(machine({}))).toBe(123);
  });

  test("reads this machine", () => {
    expect(freeMemoryBytes()).toBeGreaterThan(1_048_576);
  });
});

describe("free memory on macOS", () => {
  const VM_STAT = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10000.
Pages active:                            200000.
Pages inactive:                           30000.
Pages speculative:                         5000.
Pages throttled:                              0.
`;

  test("counts free, speculative and inactive pages", () => {
    expect(freeMemoryBytes(machine({}, "darwin", VM_STAT))).toBe(45_000 * 16_384);
  });

  test("falls back when vm_stat says something else", () => {
    expect(freeMemoryBytes(machine({}, "darwin", "vm_stat: error"))).toBe(123);
  });
});

test("the fake says what it was told", () => {
  const memory = createFakeFreeMemory(1);
  memory.set(2);
  expect(memory.freeMemoryBytes()).toBe(2);
});
