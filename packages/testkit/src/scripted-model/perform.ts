import type { ApiFailure, Conversation, Exchange, MessageWriter } from "@steward/demo-model/messages-api";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import { answerChunks } from "./answer-text.ts";
import { apiFailure, MIDSTREAM_FAILURE } from "./api-failures.ts";
import type { Plan, Step } from "./directives.ts";
import type { Gates } from "./gates.ts";
import { rateLimitHeaders } from "./rate-limit-headers.ts";

/** What the model reports when no CTX directive says otherwise. */
const DEFAULT_INPUT_TOKENS = 100;

/** A reader that finds text and hang-up together throws the text away; in a network the text comes first. */
const ARRIVAL_MS = 50;

export interface PerformDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly gates: Gates;
  /** Counts a fault of this very step; false when it has happened `times` times. */
  faultStrikes(times: number): boolean;
  problem(text: string): void;
}

/** Answers one request by its plan. */
export async function performPlan(
  deps: PerformDeps,
  plan: Plan,
  conversation: Conversation,
  exchange: Exchange,
): Promise<void> {
  const index = Math.min(conversation.rounds.length, plan.steps.length - 1);
  const step = plan.steps[index];
  if (step === undefined) throw new Error("a plan has at least one step");
  const fault = step.fault !== null && deps.faultStrikes(step.fault.times) ? step.fault : null;

  if (fault?.kind === "ERR") {
    const failure = apiFailure(fault.status, fault.variant, exchange.request.model);
    if (failure === null) deps.problem(`ERR:${fault.status}:${fault.times}:${fault.variant} is not known`);
    return exchange.fail(withHeaders(deps, step, failure ?? MIDSTREAM_FAILURE));
  }
  if (fault?.kind === "HANG") return hang(exchange);
  if (fault?.kind === "DROP") return exchange.drop();
  if (step.limit?.status === "rejected") {
    const failure = apiFailure(429, "", exchange.request.model);
    if (failure !== null) return exchange.fail(withHeaders(deps, step, failure));
  }

  const writer = await exchange.begin({
    inputTokens: plan.contextTokens ?? DEFAULT_INPUT_TOKENS,
    headers: step.limit === null ? {} : rateLimitHeaders(step.limit, deps.clock.now()),
  });
  if (step.think !== null) await writer.thinking(step.think);
  const chunks = answerChunks(step, conversation);
  const [first, ...others] = chunks;
  if (first !== undefined) await writer.text(first);
  if (fault?.kind === "HANGMID") return hang(exchange);
  if (fault?.kind === "MIDDROP") {
    await deps.clock.sleep(ARRIVAL_MS, exchange.signal);
    return exchange.drop();
  }
  // Without a stream there is no middle: this is how the CLI gets its answer after a stream broke.
  if (fault?.kind === "MIDERR" && exchange.request.stream) return exchange.failMidway(MIDSTREAM_FAILURE);
  if (step.gate !== null) await deps.gates.pass(step.gate, exchange.signal);
  for (const chunk of others) {
    if (step.slow !== null) await deps.clock.sleep(step.slow.everyMs, exchange.signal);
    await writer.text(chunk);
  }
  await callTool(deps, step, writer);
  await writer.finish();
}

async function callTool(deps: PerformDeps, step: Step, writer: MessageWriter): Promise<void> {
  if (step.tool === null) return;
  const id = `toolu_${deps.ids.uuid4().replaceAll("-", "")}`;
  await writer.toolUse({ id, name: step.tool.name, input: step.tool.input });
}

function withHeaders(deps: PerformDeps, step: Step, failure: ApiFailure): ApiFailure {
  return {
    ...failure,
    headers: {
      ...(step.limit === null ? {} : rateLimitHeaders(step.limit, deps.clock.now())),
      ...(step.retryAfterSeconds === null ? {} : { "retry-after": String(step.retryAfterSeconds) }),
    },
  };
}

/** Silence until the other side gives up. */
function hang(exchange: Exchange): Promise<void> {
  if (exchange.signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    exchange.signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
