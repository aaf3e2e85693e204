import { createHostRules, type SandboxRequest } from "@steward/platform/sandbox";

export interface ModelRoutes extends Pick<SandboxRequest, "forwards" | "proxy"> {
  /** The CLI's environment with the ways inside instead of those outside. */
  env: Record<string, string>;
}

const API_HOSTS = ["api.anthropic.com:443"] as const;
/** Where a login is renewed. */
const LOGIN_HOSTS = ["platform.claude.com:443", "console.anthropic.com:443"] as const;
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] as const;
const PROXY_PORT = 3128;

/**
 * The ways out of a sandboxed CLI: to the model's endpoint, and to the hosts its commands may reach. An endpoint on
 * this machine gets a door of its own at the same port; everything else goes through a proxy that knows the list.
 */
export function routeToModel(
  env: Readonly<Record<string, string>>,
  allowedHosts: readonly string[],
): ModelRoutes {
  const inside = { ...env };
  for (const name of PROXY_VARIABLES) {
    delete inside[name];
    delete inside[name.toLowerCase()];
  }
  const { forwards, hosts } = findEndpoint(env);
  const rules = createHostRules([...hosts, ...allowedHosts]);
  if (rules.isEmpty) return { forwards, proxy: null, env: inside };
  const port = forwards.some((forward) => forward.port === PROXY_PORT) ? PROXY_PORT + 1 : PROXY_PORT;
  const address = `http://127.0.0.1:${port}`;
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY"]) {
    inside[name] = address;
    inside[name.toLowerCase()] = address;
  }
  inside.NO_PROXY = "127.0.0.1,localhost,::1";
  inside.no_proxy = inside.NO_PROXY;
  return { forwards, proxy: { port, rules, upstream: findUpstream(env) }, env: inside };
}

function findEndpoint(env: Readonly<Record<string, string>>): Pick<ModelRoutes, "forwards"> & {
  hosts: readonly string[];
} {
  const hasKey = (env.ANTHROPIC_API_KEY ?? env.ANTHROPIC_AUTH_TOKEN ?? "") !== "";
  const login = hasKey ? [] : LOGIN_HOSTS;
  const text = env.ANTHROPIC_BASE_URL ?? "";
  if (text === "") return { forwards: [], hosts: [...API_HOSTS, ...login] };
  const url = new URL(text);
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  if (!isLoopback(url.hostname)) return { forwards: [], hosts: [`${url.hostname}:${port}`, ...login] };
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { forwards: [{ port, target: { host, port } }], hosts: [] };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** The owner's own proxy; what is no HTTP proxy is passed over, as the CLI would. */
function findUpstream(env: Readonly<Record<string, string>>): URL | null {
  const text = [env.HTTPS_PROXY, env.https_proxy, env.HTTP_PROXY, env.http_proxy].find(
    (value) => value !== undefined && value !== "",
  );
  if (text === undefined || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url : null;
}
