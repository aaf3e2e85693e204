import { ApiError, tooManyRequests } from "./api-error.ts";
import { type FaultReply, faultReply, takesEffect } from "./faults/fault-reply.ts";
import type { Faults } from "./faults/faults.ts";
import type { FloodWaits, Limits } from "./faults/limits.ts";
import type { RequestBody } from "./http/request-body.ts";
import type { Changes } from "./ledger/changes.ts";
import type { ApiCall, CallOutcome, Ledger } from "./ledger/ledger.ts";
import { CallParameters } from "./methods/call-context.ts";
import { type EmulatedMethod, emulatedMethods } from "./methods/emulated-methods.ts";
import { methodHandlers } from "./methods/method-handlers.ts";
import { botApiMethodNames } from "./parameters/bot-api.gen.ts";
import { checkParameters } from "./parameters/check-parameters.ts";
import { decodeParameters } from "./parameters/decode-parameters.ts";
import type { Bot } from "./world/bot.ts";
import type { CallbackQueries } from "./world/callback-queries.ts";
import type { World } from "./world/world.ts";

export interface DispatchDeps {
  world: World;
  ledger: Ledger;
  faults: Faults;
  limits: Limits;
  floodWaits: FloodWaits;
  callbackQueries: CallbackQueries;
  changes: Changes;
  /** Answer strict violations with an error, or only record them. */
  isStrict: boolean;
}

export interface IncomingCall {
  token: string;
  method: string;
  body: RequestBody;
  signal: AbortSignal;
}

/** What the server is to do with the request. */
export type Reply = FaultReply | { kind: "result"; result: unknown };

/** Parameters whose features are not emulated; silently ignoring them would be a lie. */
const NOT_EMULATED: ReadonlySet<string> = new Set([
  "business_connection_id",
  "direct_messages_topic_id",
  "ephemeral_message_parameters",
  "inline_message_id",
  "rich_message",
  "suggested_post_parameters",
  "video_start_timestamp",
]);

const spelling = new Map(
  [...botApiMethodNames, ...emulatedMethods].map((name) => [name.toLowerCase(), name]),
);

/** Takes a call through authentication, faults, checks, limits and its method, and writes it down. */
export async function dispatch(deps: DispatchDeps, incoming: IncomingCall): Promise<Reply> {
  const { world, ledger, faults, floodWaits, changes } = deps;
  const bot = world.botByToken(incoming.token);
  const method = spelling.get(incoming.method.toLowerCase()) ?? incoming.method;
  const values = withoutMethodField(incoming.body.values, incoming.method);
  const params = isEmulated(method) ? decodeParameters(method, values, incoming.body.from) : values;
  const chatId = Number(params.chat_id);
  const call = ledger.open({
    bot,
    method,
    params,
    files: [...incoming.body.files.values()].map(({ data, ...file }) => ({
      ...file,
      sizeBytes: data.length,
    })),
    atMs: world.clock.now(),
    earlyByMs: bot === undefined ? undefined : floodWaits.earlyByMs(bot.id, chatId, method),
  });
  changes.notify();

  const fault = faults.match(call);
  call.fault = fault?.kind;
  if (fault?.kind === "slow") await world.clock.sleep(fault.delayMs ?? 1000);
  if (takesEffect(fault)) call.outcome = await run(deps, incoming, call, bot);
  const reply = (fault === undefined ? undefined : faultReply(fault)) ?? replyOf(call.outcome);

  const retryAfter = reply.kind === "error" ? reply.error.parameters?.retry_after : undefined;
  if (bot !== undefined && retryAfter !== undefined) floodWaits.note(bot.id, chatId, retryAfter);
  call.endedAtMs = world.clock.now();
  changes.notify();
  return reply;
}

async function run(
  deps: DispatchDeps,
  incoming: IncomingCall,
  call: ApiCall,
  bot: Bot | undefined,
): Promise<CallOutcome> {
  try {
    if (bot === undefined) throw new ApiError(401, "Unauthorized");
    const result = await answer(deps, incoming, call, bot);
    call.executed = true;
    return { ok: true, result };
  } catch (error) {
    const answered = error instanceof ApiError ? error : emulatorFailure(error);
    if (answered.isDefect) deps.ledger.violate(call, answered.message, deps.world.clock.now());
    return {
      ok: false,
      code: answered.code,
      description: answered.message,
      ...(answered.parameters === undefined ? {} : { parameters: answered.parameters }),
    };
  }
}

/** A bug of the emulator itself must not pass for a hiccup of Telegram. */
const emulatorFailure = (error: unknown) =>
  new ApiError(
    500,
    `Internal Server Error: the emulator failed: ${error instanceof Error ? error.stack : error}`,
    {
      defect: true,
    },
  );

async function answer(deps: DispatchDeps, incoming: IncomingCall, call: ApiCall, bot: Bot): Promise<unknown> {
  const { world, callbackQueries } = deps;
  const { method, params } = call;
  if (!isEmulated(method)) {
    const known = botApiMethodNames.includes(method)
      ? "a method the emulator does not offer"
      : "no Bot API method";
    deps.ledger.violate(call, `${method} is ${known}`, world.clock.now());
    throw new ApiError(404, "Not Found: method not found");
  }
  if (incoming.body.isTooLarge) throw new ApiError(413, "Request Entity Too Large", { defect: true });
  checkCall(deps, incoming.body, call);
  const retryAfter = deps.limits.take(bot.id, Number(params.chat_id), method);
  if (retryAfter !== undefined) throw tooManyRequests(retryAfter);
  return await methodHandlers[method]({
    world,
    callbackQueries,
    bot,
    method,
    params: new CallParameters(params),
    files: incoming.body.files,
    signal: incoming.signal,
    nowMs: world.clock.now(),
    strict: (message) => {
      deps.ledger.violate(call, message, world.clock.now());
      if (deps.isStrict) throw strictError(message);
    },
  });
}

/** Missing parameters are left to the method, which knows the server's words for them. */
function checkCall(deps: DispatchDeps, body: RequestBody, call: ApiCall): void {
  const problems = checkParameters(call.method, call.params, new Set(body.files.keys()));
  const missing = problems.filter(({ kind }) => kind === "missing");
  const others = problems.filter(({ kind }) => kind !== "missing").map(({ message }) => message);
  const unsupported = Object.keys(call.params)
    .filter((name) => NOT_EMULATED.has(name))
    .map((name) => `${name} is not emulated`);
  const strict = [...body.defects, ...others, ...unsupported];
  for (const message of [...missing.map((problem) => problem.message), ...strict]) {
    deps.ledger.violate(call, message, deps.world.clock.now());
  }
  const [first] = strict;
  if (deps.isStrict && first !== undefined) throw strictError(first);
}

/** Not one of Telegram's answers: where it would keep silent, the emulator speaks. */
const strictError = (message: string) => new ApiError(400, `Bad Request: strict emulator: ${message}`);

/** Some clients repeat the method of the URL as a field, as webhook replies need it; the server does not mind. */
function withoutMethodField(
  values: Readonly<Record<string, unknown>>,
  method: string,
): Record<string, unknown> {
  const { method: field, ...rest } = values;
  return field === undefined || field === method ? rest : { ...rest, method: field };
}

const isEmulated = (method: string): method is EmulatedMethod =>
  (emulatedMethods as readonly string[]).includes(method);

function replyOf(outcome: CallOutcome | undefined): Reply {
  if (outcome === undefined) throw new Error("a call without fault has an outcome");
  if (outcome.ok) return { kind: "result", result: outcome.result };
  const options = outcome.parameters === undefined ? {} : { parameters: outcome.parameters };
  return { kind: "error", error: new ApiError(outcome.code, outcome.description, options) };
}
