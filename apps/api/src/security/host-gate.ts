/** Decides by the Host header who the request was meant for: the answer to DNS rebinding (threats T7, T8). */
export interface HostGate {
  allows(host: string | undefined): boolean;
  /** Called once the port is known: it may be an ephemeral one. */
  listensOn(port: number): void;
}

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/**
 * An exact allow-list: the loopback names with our port, and the names the owner configured, each as given and with
 * our port. No suffixes, no trailing dots, no addresses that merely lead here.
 */
export function createHostGate(configured: readonly string[]): HostGate {
  let allowed = new Set(configured.map((host) => host.toLowerCase()));
  return {
    allows: (host) => host !== undefined && allowed.has(host.toLowerCase()),
    listensOn: (port) => {
      const withPort = [...LOOPBACK_NAMES, ...configured.filter((host) => !hasPort(host))].map(
        (host) => `${host.toLowerCase()}:${port}`,
      );
      // A browser leaves out the port that its scheme implies.
      const withoutPort = port === 80 ? LOOPBACK_NAMES : [];
      allowed = new Set([...allowed, ...withPort, ...withoutPort]);
    },
  };
}

const hasPort = (host: string): boolean => /:\d+$/.test(host);
