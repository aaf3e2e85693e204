/** The oldest version the protocol was measured on; also the bundled one. */
export const MINIMUM_CLI_VERSION = "2.1.197";

/** `2.1.197 (Claude Code)` → `2.1.197`; `undefined` when it is no version. */
export function parseCliVersion(output: string): string | undefined {
  return /^\s*(\d+\.\d+\.\d+)\b/.exec(output)?.[1];
}

export function isSupportedVersion(version: string): boolean {
  const own = version.split(".").map(Number);
  for (const [index, needed] of MINIMUM_CLI_VERSION.split(".").map(Number).entries()) {
    const part = own[index] ?? 0;
    if (part !== needed) return part > needed;
  }
  return true;
}
