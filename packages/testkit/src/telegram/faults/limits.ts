import type { Clock } from "@steward/platform/clock";

/** Telegram's published rates; bursts are what its FAQ calls "short bursts". */
export interface LimitOptions {
  /** Messages a second in one chat, and how many may come at once. Default 1 and 3. */
  perChatPerSecond: number;
  perChatBurst: number;
  /** Messages a minute in one group. Default 20. */
  perGroupPerMinute: number;
  /** Messages a second of one bot. Default 30. */
  perBotPerSecond: number;
  /** Draft frames in 5 seconds in one chat. Default 20. */
  draftsPerFiveSeconds: number;
}

const DEFAULTS: LimitOptions = {
  perChatPerSecond: 1,
  perChatBurst: 3,
  perGroupPerMinute: 20,
  perBotPerSecond: 30,
  draftsPerFiveSeconds: 20,
};

class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #atMs: number;

  constructor(capacity: number, perMs: number, nowMs: number) {
    this.#capacity = capacity;
    this.#perMs = perMs;
    this.#tokens = capacity;
    this.#atMs = nowMs;
  }

  /** Milliseconds until a token is there, 0 when one is. */
  waitMs(nowMs: number): number {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#perMs);
  }

  take(): void {
    this.#tokens -= 1;
  }
}

/** Off until enabled. Edits share the limits of sends; actions, reactions and callback answers are free. */
export class Limits {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();
  #options: LimitOptions | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  enable(options: Partial<LimitOptions> = {}): void {
    this.#options = { ...DEFAULTS, ...options };
    this.#buckets.clear();
  }

  disable(): void {
    this.#options = undefined;
  }

  /** Takes a token, or says after how many whole seconds to come back. */
  take(botId: number, chatId: number, method: string): number | undefined {
    const options = this.#options;
    if (options === undefined || !isMetered(method)) return undefined;
    const buckets = this.#bucketsFor(options, botId, chatId, method);
    const nowMs = this.#clock.monotonicMs();
    const waitMs = Math.max(...buckets.map((bucket) => bucket.waitMs(nowMs)));
    if (waitMs > 0) return Math.ceil(waitMs / 1000);
    for (const bucket of buckets) bucket.take();
    return undefined;
  }

  #bucketsFor(options: LimitOptions, botId: number, chatId: number, method: string): TokenBucket[] {
    const chat = `${botId}:${chatId}`;
    if (method === "sendMessageDraft") {
      return [
        this.#bucket(`draft:${chat}`, options.draftsPerFiveSeconds, options.draftsPerFiveSeconds / 5000),
      ];
    }
    const buckets = [
      this.#bucket(`chat:${chat}`, options.perChatBurst, options.perChatPerSecond / 1000),
      this.#bucket(`bot:${botId}`, options.perBotPerSecond, options.perBotPerSecond / 1000),
    ];
    if (chatId < 0) {
      buckets.push(
        this.#bucket(`group:${chat}`, options.perGroupPerMinute, options.perGroupPerMinute / 60_000),
      );
    }
    return buckets;
  }

  #bucket(key: string, capacity: number, perMs: number): TokenBucket {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(capacity, perMs, this.#clock.monotonicMs());
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}

/** Does the method count as a message for the limits? */
export const isMetered = (method: string): boolean =>
  /^(send|edit|copy|forward)/.test(method) && method !== "sendChatAction" && method !== "editForumTopic";

/** Remembers until when each chat was told to wait, to tell who came too early. */
export class FloodWaits {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(botId: number, chatId: number, retryAfterSeconds: number): void {
    this.#untilMs.set(`${botId}:${chatId}`, this.#clock.monotonicMs() + retryAfterSeconds * 1000);
  }

  /** Milliseconds a metered call comes too early; undefined when it does not. */
  earlyByMs(botId: number, chatId: number, method: string): number | undefined {
    const untilMs = this.#untilMs.get(`${botId}:${chatId}`);
    if (untilMs === undefined || !isMetered(method)) return undefined;
    const early = untilMs - this.#clock.monotonicMs();
    return early > 0 ? early : undefined;
  }
}
