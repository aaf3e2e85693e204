import type { CliAccount, CliLaunch, CliSessionInfo } from "../cli-driver.ts";
import { CliError } from "../cli-driver.ts";
import { asArray, asObject, asText, type RawMessage } from "../codec/raw-message.ts";
import { PRE_TOOL_USE_HOOK } from "./host-requests.ts";

/** `matcher: null` is every tool; settings that allow a tool skip the permission question but not this hook. */
export function buildInitializeRequest({
  appendSystemPrompt,
  aside,
}: Pick<CliLaunch, "appendSystemPrompt" | "aside">): { subtype: string } & RawMessage {
  return {
    subtype: "initialize",
    hooks: { PreToolUse: [{ matcher: null, hookCallbackIds: [PRE_TOOL_USE_HOOK] }] },
    ...(appendSystemPrompt === undefined ? {} : { appendSystemPrompt }),
    ...(aside === undefined ? {} : { systemPrompt: aside.systemPrompt }),
  };
}

/** @throws CliError `cli_not_logged_in` when the CLI has nothing to authenticate with. */
export function readHandshake(response: RawMessage, version: string): CliSessionInfo {
  const account = asObject(response.account) ?? {};
  const info: CliSessionInfo = {
    version: asText(response.claude_code_version) ?? version,
    account: readAccount(account),
    models: asArray(response.models).flatMap((item) => {
      const model = asObject(item) ?? {};
      const value = asText(model.value);
      return value === undefined ? [] : [{ value, displayName: asText(model.displayName) ?? value }];
    }),
    commands: asArray(response.commands).flatMap((item) => asText(asObject(item)?.name) ?? []),
  };
  // Bedrock, Vertex and the like bring credentials of their own, of which nothing is said here.
  const isFirstParty = account.apiProvider === "firstParty";
  if (isFirstParty && info.account.tokenSource === null && info.account.apiKeySource === null) {
    throw new CliError("cli_not_logged_in", "the CLI has neither a login nor an API key");
  }
  return info;
}

/** In the CLI's word: `pending`, `connected`, `failed` …; `absent` when it does not know the server. */
export const readToolServerStatus = (response: RawMessage, name: string): string => {
  const server = asArray(response.mcpServers)
    .map((item) => asObject(item) ?? {})
    .find((each) => each.name === name);
  return asText(server?.status) ?? "absent";
};

function readAccount(account: RawMessage): CliAccount {
  return {
    email: asText(account.email) ?? null,
    subscription: asText(account.subscriptionType) ?? null,
    tokenSource: named(account.tokenSource),
    apiKeySource: named(account.apiKeySource),
  };
}

function named(value: unknown): string | null {
  const text = asText(value);
  return text === undefined || text === "" || text === "none" ? null : text;
}

/** Why a CLI that went away before the handshake did so; it says it on stderr and nowhere else. */
export function explainEarlyExit(code: number | null, signal: string | null, stderrTail: string): CliError {
  const said = stderrTail.trim();
  if (said.includes("No conversation found with session ID"))
    return new CliError("cli_session_missing", said);
  if (/Session ID \S+ is already in use/.test(said)) return new CliError("cli_session_in_use", said);
  if (/unknown option|Invalid value for --|is invalid\. Allowed choices/i.test(said)) {
    return new CliError("cli_too_old", said);
  }
  if (/Not logged in|Invalid API key|Please run \/login/.test(said))
    return new CliError("cli_not_logged_in", said);
  const how = signal === null ? `exit code ${code ?? "unknown"}` : `signal ${signal}`;
  return new CliError("cli_exited", said === "" ? `${how}, nothing on stderr` : `${how}: ${said}`);
}
