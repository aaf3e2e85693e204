import { type IncomingMessage, request } from "node:http";
import { StringDecoder } from "node:string_decoder";

/** `bufio.Scanner` refuses a line that does not fit its buffer. */
const SCANNER_LIMIT_BYTES = 64 * 1024;

/** What telegram-claude-hero makes of a stream: what it shows, or why it posts the prompt again. */
export type GoOutcome = { shown: string } | { failed: string };

export interface GoClient {
  /** `send-stream`, read the way the Go client reads it; it never posts again by itself here. */
  stream(message: string, options?: StreamOptions): Promise<GoOutcome>;
  /** `send`: only `response` is used. */
  send(message: string): Promise<GoOutcome>;
  /** What the Go client does with a message: the stream, and on any failure of it the same text to `send`. */
  say(message: string, options?: StreamOptions): Promise<{ outcome: GoOutcome; fellBack: boolean }>;
}

export interface StreamOptions {
  /** Goes away as soon as something was shown. */
  dropAfterText?: boolean;
  onText?: () => void;
}

/** Behaves like the unmodified Go client as far as wire contract §4 and §5 describe it. */
export function createGoClient(port: number, token: string, chatId = "42"): GoClient {
  const post = (path: string, message: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({ chat_id: chatId, message, bot_id: "hero", user_id: "7" });
      const call = request({
        port,
        path,
        method: "POST",
        // From the user-info of GATEWAY_URL.
        auth: `any:${token}`,
        headers: {
          "content-type": "application/json",
          "accept-encoding": "gzip",
          "content-length": Buffer.byteLength(body),
        },
      });
      call.on("response", resolve);
      call.on("error", reject);
      call.end(body);
    });

  const stream: GoClient["stream"] = async (message, options = {}) => {
    const response = await post("/api/gateway/send-stream", message);
    if (response.statusCode !== 200) {
      response.resume();
      return { failed: `HTTP ${response.statusCode}` };
    }
    let text = "";
    try {
      for await (const line of scanLines(response)) {
        if (!line.startsWith("data: ")) continue;
        const event = parse(line.slice(6));
        if (event === null) continue;
        if (event.type === "text") {
          text += event.content;
          options.onText?.();
        }
        if (event.type === "done") return { shown: event.content };
        if (event.type === "error") return { failed: event.content };
        if (options.dropAfterText === true && text !== "") {
          response.destroy();
          return { failed: "dropped" };
        }
      }
    } catch (error) {
      return { failed: String(error) };
    }
    return text === "" ? { failed: "empty stream" } : { shown: text };
  };

  const send: GoClient["send"] = async (message) => {
    const response = await post("/api/gateway/send", message);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    if (response.statusCode !== 200) return { failed: `HTTP ${response.statusCode}` };
    return { shown: JSON.parse(Buffer.concat(chunks).toString("utf8")).response };
  };

  return {
    stream,
    send,
    say: async (message, options) => {
      const streamed = await stream(message, options);
      if ("shown" in streamed) return { outcome: streamed, fellBack: false };
      return { outcome: await send(message), fellBack: true };
    },
  };
}

async function* scanLines(response: IncomingMessage): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of response) {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of [...lines, rest]) {
      if (Buffer.byteLength(line) >= SCANNER_LIMIT_BYTES) throw new Error("bufio.Scanner: token too long");
    }
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Unparsable lines and unknown types are skipped. */
function parse(json: string): { type: string; content: string } | null {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
