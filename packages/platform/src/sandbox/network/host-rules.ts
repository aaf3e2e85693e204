import { BlockList, isIP } from "node:net";

/**
 * Which hosts may be reached. An entry is `host`, `host:port`, `*.domain`, or `*` for every public host; without a port
 * 80 and 443 are meant.
 */
export interface HostRules {
  /** `exact`: somebody wrote down this very host. `pattern`: it fits a pattern. */
  match(host: string, port: number): "exact" | "pattern" | null;
  readonly isEmpty: boolean;
}

interface Rule {
  host: string;
  port: number | null;
}

const WEB_PORTS: ReadonlySet<number> = new Set([80, 443]);

export function createHostRules(entries: readonly string[]): HostRules {
  const rules = entries.map(parseRule);
  return {
    isEmpty: rules.length === 0,
    match(host, port) {
      const name = normalizeHost(host);
      const fitting = rules.filter((rule) => (rule.port === null ? WEB_PORTS.has(port) : rule.port === port));
      if (fitting.some((rule) => rule.host === name)) return "exact";
      const isName = isIP(name) === 0;
      const fits = (rule: Rule): boolean =>
        rule.host === "*" || (isName && rule.host.startsWith("*.") && name.endsWith(rule.host.slice(1)));
      return fitting.some(fits) ? "pattern" : null;
    },
  };
}

/** Lower case, without brackets and the root's dot. */
export function normalizeHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}

function parseRule(entry: string): Rule {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(entry.trim());
  // Anything else is a host of its own: an IPv6 address without brackets.
  if (match === null) return { host: normalizeHost(entry.trim()), port: null };
  return { host: normalizeHost(match[1] ?? ""), port: match[2] === undefined ? null : Number(match[2]) };
}

const LOCAL = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
] as const) {
  LOCAL.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 127],
  ["fe80::", 10],
] as const) {
  LOCAL.addSubnet(network, prefix, "ipv6");
}
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv4");
}
PRIVATE.addSubnet("fc00::", 7, "ipv6");

/**
 * Whether a permitted name may lead to this address. A name that points to this machine or to a cloud's metadata
 * service is a trap; one that points into the private network is meant only when it was written down itself.
 */
export function mayLeadTo(address: string, how: "exact" | "pattern", host: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
  const isLiteral =
    how === "exact" && (isIP(normalizeHost(host)) !== 0 || normalizeHost(host) === "localhost");
  if (isLiteral) return true;
  if (LOCAL.check(plain, family)) return false;
  return how === "exact" || !PRIVATE.check(plain, family);
}
