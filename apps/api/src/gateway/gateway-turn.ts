import { DomainError } from "@steward/contract/errors";
import type { GatewayMessage } from "@steward/contract/gateway";
import type { TurnHold } from "@steward/contract/holds";
import type { TurnEvent } from "@steward/contract/turn-events";
import { promptTextSchema } from "@steward/contract/turns";
import type { GatewayRequest, GatewayService } from "@steward/core/gateway/gateway-service";
import type { TurnService } from "@steward/core/turns/turn-service";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { createCoalescer } from "../streams/coalescer.ts";
import { COALESCE_WINDOW_MS } from "../streams/event-stream.ts";
import { isDelta, joinTurnEvents } from "../turns/turn-events.ts";
import { BUSY_TEXTS, endText, type FinalEvent, STILL_WORKING_TEXT } from "./gateway-texts.ts";

export interface GatewayTurnDeps {
  gateway: GatewayService;
  turns: TurnService;
  clock: Clock;
  log: Logger;
}

/** Both clients give up after 30 minutes; by then they must have been told. */
const LONGEST_WAIT_MS = 28.5 * 60_000;

export interface GatewayListener {
  onThinking?(text: string): void;
  onText?(event: { offset: number; text: string }): void;
  /** Exactly once, the last call. `settled` = this is the turn's own end, not only that of the waiting. */
  onEnd(text: string, settled: boolean): void;
}

/**
 * Accepts a message, or answers in the ancestor's words why not. Only refusals the ancestor had no words for are
 * thrown: they become a status other than 200 before anything was done.
 */
export function acceptMessage(
  gateway: GatewayService,
  message: GatewayMessage,
): GatewayRequest | { refusal: string } {
  const prompt = promptTextSchema.safeParse(message.message);
  if (!prompt.success) return { refusal: `[ERROR] The message ${prompt.error.issues[0]?.message}` };
  try {
    return gateway.accept(message);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === "shutting_down") throw error;
    if (error.code === "queue_full") return { refusal: BUSY_TEXTS.full };
    return { refusal: `${error.code === "rate_limited" ? "[BUSY]" : "[ERROR]"} ${error.message}` };
  }
}

/**
 * Follows an accepted turn to its end, to the withdrawal of a turn that waited too long, or to the point where the
 * client must be told to wait no longer. Detaching stops the following, never the turn.
 *
 * @returns the detach function
 */
export function followTurn(
  deps: GatewayTurnDeps,
  message: GatewayMessage,
  turnId: string,
  listener: GatewayListener,
): () => void {
  const { gateway, turns, clock, log } = deps;
  let over = false;
  let busyText: string = BUSY_TEXTS.queue;

  const end = (text: string, settled: boolean): void => {
    if (over) return;
    over = true;
    stop();
    listener.onEnd(text, settled);
  };
  /** Timers and listeners have nobody above them: what fails here must not take the service down. */
  const attempt = <Value>(action: () => Value): Value | null => {
    try {
      return action();
    } catch (error) {
      log.error({ err: error, turnId }, "a gateway request could not be followed as it should");
      return null;
    }
  };
  const withdraw = (): void => {
    // Asked before the withdrawal: does the chat itself keep the turn waiting, or the lack of a free place?
    const isRunning = gateway.isRunning(message.bot_id, message.chat_id);
    busyText = isRunning ? BUSY_TEXTS.queue : BUSY_TEXTS.places;
    turns.withdraw(turnId, "queue_wait_timeout");
  };
  /** These doors wait for answers, not for hours: what waits behind a hold is taken out again, and said to be. */
  const withdrawHeld = (hold: TurnHold): void => {
    turns.withdraw(turnId, "queue_held", { reason: gateway.describeHold(hold) });
  };
  const finalText = (event: FinalEvent): string => {
    if (event.errorCode === "queue_held") return `[BUSY] ${event.text}`;
    if (event.errorCode === "queue_wait_timeout") return busyText;
    const turn = attempt(() => turns.get(turnId));
    return endText(event, turn);
  };
  const watchQueue = (): Timer =>
    clock.setTimer(gateway.queueWaitTimeoutMs, () => attempt(withdraw), { unref: true });
  let queueTimer: Timer | null = watchQueue();
  const started = (): void => {
    queueTimer?.cancel();
    queueTimer = null;
  };
  const patience = clock.setTimer(LONGEST_WAIT_MS, () => end(STILL_WORKING_TEXT, false), { unref: true });
  const coalescer = createCoalescer<TurnEvent>({
    clock,
    windowMs: COALESCE_WINDOW_MS,
    streamOf: (event) => (isDelta(event) ? turnId : null),
    join: joinTurnEvents,
    emit: (event) => {
      if (over) return;
      if (event.type === "text") listener.onText?.(event);
      else if (event.type === "thinking") listener.onThinking?.(event.text);
      else if (event.type === "final") end(finalText(event), true);
      else if (event.type === "started") started();
      // Later: whoever is just being told the present is not listening yet.
      else if (event.type === "queued") {
        // One that has to start over waits anew.
        queueTimer ??= watchQueue();
        const { hold } = event;
        if (hold) queueMicrotask(() => attempt(() => withdrawHeld(hold)));
      }
    },
  });
  let detach: (() => void) | undefined;
  const stop = (): void => {
    queueTimer?.cancel();
    patience.cancel();
    coalescer.stop();
    detach?.();
  };

  detach = turns.subscribe(turnId, null, (item) => {
    if (item?.event) coalescer.push(item.event);
  });
  if (over) detach();
  return () => {
    over = true;
    stop();
  };
}
