import type { Client } from "@steward/client/client";
import { listPolicies, POLICIES, POLICY_NAMES, type PolicyName, setPolicy } from "@steward/contract/policies";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { describeOrigin, describeScope, readScope, type ScopeOptions } from "./scope.ts";

interface SettingsDeps {
  readonly client: Client;
  readonly terminal: Terminal;
}

export type SettingsVerbs = ReturnType<typeof createSettingsVerbs>;

/** The verbs of `steward settings`; each says what it did and resolves with the exit code. */
export const createSettingsVerbs = (deps: SettingsDeps) => ({
  show: (options: ScopeOptions) => show(deps, options),
  set: (name: string, value: string, options: ScopeOptions) => set(deps, name, value, options),
  add: (name: string, item: string, options: ScopeOptions) =>
    change(deps, name, options, (list) => [...list.filter((each) => each !== item), item]),
  remove: (name: string, item: string, options: ScopeOptions) =>
    change(deps, name, options, (list) => list.filter((each) => each !== item)),
  clear: (name: string, options: ScopeOptions) => clear(deps, name, options),
});

/** `steward settings`: what holds, and who said so. */
async function show({ client, terminal }: SettingsDeps, options: ScopeOptions): Promise<ExitCode> {
  const { say } = terminal;
  const policies = await client.call(listPolicies, { query: readScope(options, terminal) });
  printTable(
    terminal,
    [say("cli.settings.name"), say("cli.settings.value"), say("cli.settings.from"), say("cli.settings.what")],
    policies.map(({ name, value, from }) => [
      name,
      showValue(value),
      describeOrigin(from, terminal),
      say(`policy.${name}`),
    ]),
  );
  terminal.note(say("cli.settings.hint"));
  return EXIT.ok;
}

/** `steward settings set NAME VALUE` */
async function set(
  { client, terminal }: SettingsDeps,
  typed: string,
  text: string,
  options: ScopeOptions,
): Promise<ExitCode> {
  const name = requireName(typed, terminal);
  const scope = readScope(options, terminal);
  const value = readValue(name, text, terminal);
  const policy = await client.call(setPolicy, { body: { ...scope, name, value } });
  const params = { name, value: showValue(policy.value), where: describeScope(scope, terminal) };
  terminal.print(terminal.say("cli.settings.done", params));
  return EXIT.ok;
}

/** `steward settings add NAME ITEM`, `remove NAME ITEM`: the scope gets the list that held for it, changed. */
async function change(
  { client, terminal }: SettingsDeps,
  typed: string,
  options: ScopeOptions,
  edit: (list: readonly unknown[]) => unknown[],
): Promise<ExitCode> {
  const name = requireName(typed, terminal);
  const scope = readScope(options, terminal);
  const now = (await client.call(listPolicies, { query: scope })).find((policy) => policy.name === name);
  if (!Array.isArray(now?.value)) {
    throw new CommandFailure(EXIT.nothingDone, terminal.say("cli.settings.no_list", { name }));
  }
  return await set({ client, terminal }, name, JSON.stringify(edit(now.value)), options);
}

/** `steward settings clear NAME`: the next wider scope speaks again. */
async function clear(
  { client, terminal }: SettingsDeps,
  typed: string,
  options: ScopeOptions,
): Promise<ExitCode> {
  const name = requireName(typed, terminal);
  const scope = readScope(options, terminal);
  const policy = await client.call(setPolicy, { body: { ...scope, name, clear: true } });
  const params = { name, value: showValue(policy.value), from: describeOrigin(policy.from, terminal) };
  terminal.print(terminal.say("cli.settings.cleared", params));
  return EXIT.ok;
}

function requireName(typed: string, { say }: Terminal): PolicyName {
  const name = POLICY_NAMES.find((known) => known.toLowerCase() === typed.toLowerCase());
  if (name !== undefined) return name;
  const names = POLICY_NAMES.join(", ");
  throw new CommandFailure(EXIT.nothingDone, say("cli.settings.unknown", { name: typed, names }));
}

/** As JSON where that fits (`5`, `true`, `null`, `["Bash(ls)"]`), else as the words themselves. */
function readValue(name: PolicyName, text: string, { say }: Terminal): unknown {
  const { schema } = POLICIES[name];
  const json = parseJson(text);
  const asJson = json === undefined ? undefined : schema.safeParse(json.value);
  if (asJson?.success === true) return asJson.data;
  const asText = schema.safeParse(text);
  if (asText.success) return asText.data;
  const [problem] = (asJson ?? asText).error?.issues ?? asText.error.issues;
  const reason = problem?.message ?? "";
  throw new CommandFailure(EXIT.nothingDone, say("cli.settings.bad_value", { name, reason }));
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // Plain words are no JSON; they are tried as they are.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const showValue = (value: unknown): string => {
  if (value === null) return "–";
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map(String).join(", ");
  return String(value);
};
