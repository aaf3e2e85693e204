import { readFileSync } from "node:fs";
import type { Settings } from "../../settings/settings.ts";
import { type Finding, msg, ok, problem, warning } from "../finding.ts";

/**
 * Can other machines reach the API? Said by the setting and, on Linux, by what really listens on the port: a service
 * started earlier may have been told otherwise.
 */
export function checkExposure(
  { host, port, openOnPurpose }: Pick<Settings, "host" | "port" | "openOnPurpose">,
  listening: readonly string[],
): Finding {
  const open = [...new Set([host, ...listening])].filter((address) => !isLoopback(address));
  if (open.length === 0) return ok("exposure", msg("cli.doctor.exposure", { host, port }));
  const message = msg("cli.doctor.exposed", { addresses: open.join(", "), port });
  return openOnPurpose
    ? warning("exposure", message, msg("cli.doctor.exposed_on_purpose"))
    : problem("exposure", message, msg("cli.doctor.exposed_fix"));
}

export function isLoopback(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare === "::1" || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(bare);
}

const LISTEN = "0A";

/** Addresses that processes of this machine listen on at this port; empty where the kernel does not tell. */
export function listeningAddresses(port: number, read: (path: string) => string = readKernelTable): string[] {
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) =>
    read(path)
      .split("\n")
      .flatMap((line) => {
        // sl, local_address (hex address:port), rem_address, st
        const [, local, , state] = line.trim().split(/\s+/);
        const [address, hexPort] = local?.split(":") ?? [];
        if (address === undefined || hexPort === undefined || state !== LISTEN) return [];
        return Number.parseInt(hexPort, 16) === port ? [readableAddress(address)] : [];
      }),
  );
}

/** The kernel prints each 32-bit word in the machine's byte order (little-endian wherever Node runs). */
function readableAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, "hex")].reverse());
  if (bytes.length === 4) return bytes.join(".");
  const words = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  ).join(":");
  if (words === "0:0:0:0:0:0:0:0") return "::";
  if (words === "0:0:0:0:0:0:0:1") return "::1";
  return words.startsWith("0:0:0:0:0:ffff:") ? `::ffff:${bytes.slice(12).join(".")}` : words;
}

function readKernelTable(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not Linux, or a container that hides it: the setting alone is judged.
    return "";
  }
}
