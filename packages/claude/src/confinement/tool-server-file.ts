import type { SandboxRequest } from "@steward/platform/sandbox";
import type { CliToolServer } from "../cli-driver.ts";

/** Where the file lies inside a sandbox: `/tmp` there is the process's own. */
export const TOOL_SERVER_FILE = "/tmp/.steward-tools.json";
/** Beside those of the proxy; a model's endpoint on this machine may stand at any port. */
const DOOR_PORTS = [3_130, 3_131] as const;

/** With `=`: the flag takes any number of values and would swallow what follows. */
export const toolServerArgument = (path: string): string => `--mcp-config=${path}`;

/** The CLI's own format. The token stands in no other place that outlives the process. */
export const writeToolServer = ({ name, url, token }: CliToolServer): string =>
  JSON.stringify({
    mcpServers: { [name]: { type: "http", url, headers: { Authorization: `Bearer ${token}` } } },
  });

/** The way from inside a sandbox to the tools, and to nothing else of the server that has them. */
export function openToolDoor(
  server: CliToolServer | undefined,
  takenPorts: readonly number[],
): Pick<SandboxRequest, "files" | "pathDoors"> {
  if (server === undefined) return { files: [], pathDoors: [] };
  const url = new URL(server.url);
  const port = DOOR_PORTS.find((each) => !takenPorts.includes(each)) ?? DOOR_PORTS[0];
  const inside = { ...server, url: `http://127.0.0.1:${port}${url.pathname}` };
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    files: [{ path: TOOL_SERVER_FILE, content: writeToolServer(inside) }],
    pathDoors: [
      {
        port,
        target: { host, port: Number(url.port) || 80 },
        path: url.pathname,
        authorization: `Bearer ${server.token}`,
      },
    ],
  };
}
