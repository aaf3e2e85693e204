import type { Client } from "@steward/client/client";
import { chooseChatModel, listModels } from "@steward/contract/models";
import { listPolicies, POLICIES, setPolicy } from "@steward/contract/policies";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import {
  describeOrigin,
  describeScope,
  readScope,
  type Scope,
  type ScopeOptions,
} from "../policies/scope.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What goes back to the account's own model. */
const DEFAULT = "default";

/** `steward model [NAME|default]`: which model answers and which there are, or a choice for everything, a bot, a chat. */
export async function runModel(
  name: string | undefined,
  options: ScopeOptions,
  deps: { client: Client; terminal: Terminal },
): Promise<ExitCode> {
  const scope = readScope(options, deps.terminal);
  return name === undefined ? await show(scope, deps) : await choose(name, scope, deps);
}

async function show(
  scope: Scope,
  { client, terminal }: { client: Client; terminal: Terminal },
): Promise<ExitCode> {
  const { say } = terminal;
  const [list, policies] = await Promise.all([
    client.call(listModels),
    client.call(listPolicies, { query: scope }),
  ]);
  const policy = policies.find((each) => each.name === "model");
  const chosen = typeof policy?.value === "string" ? policy.value : null;
  const from = describeOrigin(policy?.from ?? "initial", terminal);
  terminal.print(
    chosen === null
      ? say("cli.model.default", { from })
      : say("cli.model.chosen", { model: harmlessLine(chosen), from }),
  );
  terminal.print("");
  printTable(
    terminal,
    ["", say("cli.model.name"), say("cli.model.title")],
    list.models.map((model) => [model.name === (chosen ?? DEFAULT) ? "●" : "", model.name, model.title]),
  );
  terminal.note(say("cli.model.hint"));
  return EXIT.ok;
}

async function choose(
  name: string,
  scope: Scope,
  { client, terminal }: { client: Client; terminal: Terminal },
): Promise<ExitCode> {
  const { say } = terminal;
  const model = name === DEFAULT ? null : name;
  const parsed = POLICIES.model.schema.safeParse(model);
  if (!parsed.success) throw new CommandFailure(EXIT.nothingDone, say("cli.model.bad_name", { model: name }));
  const { botId, chatId, threadId } = scope;
  if (botId !== undefined && chatId !== undefined) {
    // A chat that nobody has written in yet may choose as well.
    await client.call(chooseChatModel, { body: { botId, chatId, threadId, model } });
  } else {
    await client.call(setPolicy, {
      body: { ...scope, name: "model", ...(model === null ? { clear: true } : { value: model }) },
    });
  }
  const where = describeScope(scope, terminal);
  terminal.print(
    model === null ? say("cli.model.set_default", { where }) : say("cli.model.set", { model, where }),
  );
  return EXIT.ok;
}
