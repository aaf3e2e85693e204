import type { HttpBindings } from "@hono/node-server";
import type { WebSession } from "@steward/contract/web-sessions";

/** What a request carries through the middlewares. */
export interface ApiEnv {
  /** Node's own request and response; absent, all of it, when the app is called in-process. */
  Bindings: Partial<HttpBindings> | undefined;
  Variables: {
    /** The body as text, read and measured by the security front; undefined when there is none. */
    bodyText: string | undefined;
    /** The pattern of the route that answered, for the log. */
    route: string;
    /** The answer was made with the headers that every answer has. */
    hasHeaders: boolean;
    /** The chat whose agent asks, by its own key; undefined = the owner asks. */
    agentChat: number | undefined;
    /** The browser from which the owner asks; undefined = whoever asks has the token in a header. */
    webSession: WebSession | undefined;
    /** Why the request was refused, for the log. */
    refusal: string;
  };
}
