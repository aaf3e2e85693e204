import { isAbsolute } from "node:path";
import { BUILT_IN_COMMANDS, COMING_COMMANDS } from "@steward/contract/command-names";
import { commandNameSchema } from "@steward/contract/commands";
import { ACCESS_ROLES } from "@steward/schema/enums";
import { z } from "zod";
import { takesArguments } from "./fill-template.ts";
import type { OwnCommandFile } from "./own-command.ts";

/** Longer descriptions do not fit a line of a menu. */
const LONGEST_DESCRIPTION = 100;
const DEFAULT_TIMEOUT_SECONDS = 60;
const LONGEST_TIMEOUT_SECONDS = 900;

const description = z.string().trim().min(1, "needs a description").max(LONGEST_DESCRIPTION);
const hint = z.string().trim().min(1).max(40).nullish();

const promptSchema = z.strictObject({
  description,
  arguments: hint,
  role: z.enum(ACCESS_ROLES).default("user"),
});

const programSchema = z.strictObject({
  description,
  arguments: hint,
  role: z.literal("owner", "a command that runs a program is for the owner alone").default("owner"),
  argv: z.tuple([z.string().min(1)], z.string()),
  cwd: z.string().refine(isAbsolute, "must be an absolute path").optional(),
  timeoutSeconds: z.number().positive().max(LONGEST_TIMEOUT_SECONDS).default(DEFAULT_TIMEOUT_SECONDS),
});

/** `deploy.md` → `deploy` and `md`; null for a file that is not meant as a command. */
export const commandFile = (file: string): { name: string; extension: string } | null => {
  const match = /^([^.].*)\.(md|json|ya?ml)$/.exec(file);
  return match === null ? null : { name: match[1] ?? "", extension: match[2] ?? "" };
};

/**
 * Reads one file of the folder of own commands.
 *
 * @param homeDirectory where programs run that name no place of their own
 * @throws Error with a sentence for a person
 */
export async function parseOwnCommand(
  { name, extension }: { name: string; extension: string },
  text: string,
  homeDirectory: string,
): Promise<OwnCommandFile> {
  if (!commandNameSchema.safeParse(name).success)
    throw new Error("its name must be a-z, 0-9 and _, beginning with a letter, 32 characters at most");
  if (BUILT_IN_COMMANDS.has(name) || COMING_COMMANDS.has(name))
    throw new Error(`/${name} is a command of Steward's own: give the file another name`);
  if (extension === "md") return await promptOf(name, text);
  const {
    argv,
    cwd = homeDirectory,
    timeoutSeconds,
    ...rest
  } = check(programSchema, await read(text, extension));
  return {
    ...common(name, rest),
    kind: "program",
    argv: argv as [string, ...string[]],
    cwd,
    timeoutMs: timeoutSeconds * 1_000,
  };
}

async function promptOf(name: string, text: string): Promise<OwnCommandFile> {
  const match = /^---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)(.*)$/s.exec(text);
  if (match === null) throw new Error("it must begin with its front matter: ---, description: …, ---");
  const template = (match[2] ?? "").trim();
  if (template === "") throw new Error("there is no prompt below the front matter");
  const facts = check(promptSchema, await read(match[1] ?? "", "yaml"));
  // What is written behind a command goes nowhere in a prompt without a place for it: then it stands below.
  const filled = takesArguments(template) ? template : `${template}\n\n$ARGUMENTS`;
  return { ...common(name, facts), kind: "prompt", template: filled };
}

const common = (
  name: string,
  facts: { description: string; arguments?: string | null | undefined; role: OwnCommandFile["role"] },
) => ({ name, description: facts.description, hint: facts.arguments ?? null, role: facts.role });

async function read(text: string, extension: string): Promise<unknown> {
  if (extension === "json") return JSON.parse(text);
  // Loaded only where somebody has such a file.
  const { parse } = await import("yaml");
  return parse(text, { maxAliasCount: 0 });
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  throw new Error(
    where === "" ? (issue?.message ?? "it cannot be read") : `${where}: ${issue?.message ?? ""}`,
  );
}
