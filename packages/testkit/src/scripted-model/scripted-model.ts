import {
  type Conversation,
  type Exchange,
  type IncomingCall,
  readConversation,
  recogniseSideCall,
  startMessagesServer,
} from "@steward/demo-model/messages-api";
import { type Clock, createSystemClock } from "@steward/platform/clock";
import { createIds, type Ids } from "@steward/platform/ids";
import { createSilentLogger, type Logger } from "@steward/platform/logger";
import { parseDirectives } from "./directives.ts";
import { createGates } from "./gates.ts";
import { performPlan } from "./perform.ts";
import { createRecorder, type RecordedRequest, type Violation, violationOf } from "./recorder.ts";
import { createStrikes } from "./strikes.ts";

export { echoText, recallText } from "./answer-text.ts";
export type { RecordedRequest, Violation };

/** What a script gets: the valid request, and the exchange to answer it with. */
export interface ScriptedCall {
  readonly exchange: Exchange;
  readonly conversation: Conversation;
  readonly prompt: string;
  readonly sessionId: string | null;
}

/** Returns true when it has answered, false to leave the answer to the prompt's directives. */
export type Script = (call: ScriptedCall) => boolean | Promise<boolean>;

export interface ScriptedModelOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  readonly apiKey?: string;
  /** How many requests `requests` remembers; default all. Long runs set it. */
  readonly keepLast?: number;
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly log?: Logger;
}

export interface ScriptedModel {
  readonly url: string;
  readonly port: number;
  readonly apiKey: string;
  /** The variables that point a CLI at this model, and keep it from calling anybody else. */
  readonly env: Readonly<Record<string, string>>;
  readonly requests: readonly RecordedRequest[];
  readonly violations: readonly Violation[];
  waitForRequest(
    matches: (request: RecordedRequest) => boolean,
    timeoutMs?: number,
  ): Promise<RecordedRequest>;
  /** Takes over the answers; null gives them back to the directives. */
  script(script: Script | null): void;
  /** Opens the gate of a GATE directive, for streams that wait and streams to come. */
  release(gate: string): void;
  /** Resolves as soon as a stream waits at the gate. */
  held(gate: string): Promise<void>;
  /** Forgets records, violations, script, fault counts and open gates. Running answers go on. */
  reset(): void;
  close(): Promise<void>;
}

/** A Messages API for tests that answers by directives in the prompt (see `directives.ts`) or by a script. */
export async function startScriptedModel(options: ScriptedModelOptions = {}): Promise<ScriptedModel> {
  const clock = options.clock ?? createSystemClock();
  const ids = options.ids ?? createIds();
  const apiKey = options.apiKey ?? `sk-test-${ids.uuid4()}`;
  const gates = createGates();
  const recorder = createRecorder(options.keepLast);
  const strikes = createStrikes();
  let script: Script | null = null;

  const recordOther = (call: IncomingCall): void =>
    recorder.record({
      ...call,
      at: clock.now(),
      kind: "other",
      sessionId: sessionOf(call),
      request: null,
      conversation: null,
      prompt: "",
    });

  const answer = async (exchange: Exchange): Promise<void> => {
    const { call, request } = exchange;
    const conversation = readConversation(request.messages);
    const sessionId = sessionOf(call);
    const side = recogniseSideCall(request);
    const prompt = conversation.current.text.trim();
    const kind = side?.kind ?? "turn";
    recorder.record({ ...call, at: clock.now(), kind, sessionId, request, conversation, prompt });
    if (side !== null) {
      const writer = await exchange.begin({ inputTokens: 1 });
      await writer.text(side.answer);
      return writer.finish();
    }
    const problem = (message: string): void => void recorder.violations.push({ call, message });
    try {
      if (script !== null && (await script({ exchange, conversation, prompt, sessionId }))) return;
    } catch (error) {
      if (!exchange.signal.aborted) problem(`the test's script failed: ${String(error)}`);
      throw error;
    }
    const plan = parseDirectives(prompt);
    for (const text of plan.problems) problem(text);
    const place = `${sessionId} ${conversation.rounds.length} ${prompt}`;
    const faultStrikes = (times: number): boolean => strikes.count(place, times);
    await performPlan({ clock, ids, gates, faultStrikes, problem }, plan, conversation, exchange);
  };

  const server = await startMessagesServer({
    host: "127.0.0.1",
    port: options.port ?? 0,
    apiKey,
    ids,
    log: options.log ?? createSilentLogger(),
    answer,
    onOther: (call, failure) => {
      recordOther(call);
      if (failure !== null && failure.status !== 404) recorder.violations.push(violationOf(call, failure));
    },
  });
  return {
    url: server.url,
    port: server.port,
    apiKey,
    env: {
      ANTHROPIC_BASE_URL: server.url,
      ANTHROPIC_API_KEY: apiKey,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_TELEMETRY: "1",
    },
    requests: recorder.requests,
    violations: recorder.violations,
    waitForRequest: recorder.waitForRequest,
    script: (next) => {
      script = next;
    },
    release: gates.release,
    held: gates.held,
    reset: () => {
      recorder.reset();
      gates.reset();
      strikes.reset();
      script = null;
    },
    close: () => server.close(),
  };
}

function sessionOf(call: IncomingCall): string | null {
  const header = call.headers["x-claude-code-session-id"];
  return typeof header === "string" ? header : null;
}
