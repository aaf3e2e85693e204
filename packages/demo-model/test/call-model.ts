/** A request as small as the API accepts. */
export function messagesBody(prompt: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    model: "claude-test",
    max_tokens: 1000,
    stream: true,
    messages: [{ role: "user", content: prompt }],
    ...extra,
  };
}

export function postJson(
  url: string,
  apiKey: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
      "x-api-key": apiKey,
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export interface SseEvent {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Yields the events of a stream as they arrive. */
export async function* readEvents(response: Response): AsyncGenerator<SseEvent> {
  if (response.body === null) return;
  let buffered = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    buffered += chunk;
    for (let end = buffered.indexOf("\n\n"); end !== -1; end = buffered.indexOf("\n\n")) {
      const [eventLine = "", dataLine = ""] = buffered.slice(0, end).split("\n");
      buffered = buffered.slice(end + 2);
      // Every `data:` of this protocol is an object.
      const data = JSON.parse(dataLine.replace(/^data: /, "")) as Record<string, unknown>;
      yield { event: eventLine.replace(/^event: /, ""), data };
    }
  }
}

/** The text of a streamed answer. */
export async function readText(response: Response): Promise<string> {
  let text = "";
  for await (const { data } of readEvents(response)) text += textDelta(data);
  return text;
}

export function textDelta(data: Record<string, unknown>): string {
  const { delta } = data;
  if (typeof delta !== "object" || delta === null || !("text" in delta)) return "";
  return typeof delta.text === "string" ? delta.text : "";
}
