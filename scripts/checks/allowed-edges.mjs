/**
 * Which room may depend on which: the arrows of the house, and the one place where they are written down. A room
 * that is not here may not exist; `ANY` may use every other.
 *
 * `boundaries.tags` in turbo.json follows from it: turbo holds a tag's list against everything a room reaches, so
 * there each list also has what the allowed rooms may use themselves. `pnpm check` compares the two.
 *
 * @type {Record<string, string[] | "ANY">}
 */
export const ALLOWED_EDGES = {
  contract: ["schema"],
  client: ["contract"],
  platform: [],
  schema: [],
  claude: ["platform"],
  telegram: ["platform"],
  core: ["contract", "schema", "platform", "claude"],
  "mcp-tools": ["contract", "client"],
  metrics: ["contract", "platform"],
  reports: ["platform", "claude", "contract"],
  "demo-model": ["platform"],
  testkit: ["platform", "contract", "demo-model"],
  e2e: "ANY",
  api: [
    "contract",
    "client",
    "schema",
    "platform",
    "claude",
    "telegram",
    "core",
    "reports",
    "metrics",
    "mcp-tools",
    "demo-model",
  ],
  bot: ["contract", "client", "platform", "telegram"],
  web: ["contract", "client"],
  dashboard: ["contract"],
  mcp: ["contract", "client", "platform", "mcp-tools"],
  cli: ["contract", "client", "platform", "metrics", "claude", "schema"],
};
