import { describe, expectTypeOf, test } from "vitest";
import type { listAccess, revokeAccess } from "./access.ts";
import type { EndpointEvent, EndpointInput, EndpointRequest, EndpointResult } from "./endpoint.ts";
import type { gatewayReset, gatewaySend } from "./gateway.ts";
import type { healthz, readyz } from "./health.ts";
import type { TurnEvent } from "./turn-events.ts";
import type { submitTurn, turnEvents } from "./turns.ts";

/** Checked by the type checker; they run only so that the suite counts them. */
describe("types read off an endpoint record", () => {
  test("a required part is required, and defaults are optional for the caller", () => {
    expectTypeOf<EndpointInput<typeof gatewaySend>["body"]>().toEqualTypeOf<{
      chat_id: string;
      message: string;
      bot_id?: string | undefined;
      user_id?: string | undefined;
      username?: string | undefined;
    }>();
    expectTypeOf<EndpointInput<typeof submitTurn>["headers"]>().toEqualTypeOf<{
      "idempotency-key": string;
    }>();
    expectTypeOf<EndpointInput<typeof revokeAccess>>().toEqualTypeOf<{
      params: { botId: string; userId: string };
      query?: { actingUserId?: string | undefined };
      headers?: { "idempotency-key"?: string | undefined };
    }>();
  });

  test("a part without a required field may be left out", () => {
    expectTypeOf<EndpointInput<typeof listAccess>>().toEqualTypeOf<{
      query?: { botId?: string | undefined };
    }>();
    // biome-ignore lint/complexity/noBannedTypes: "no parts at all" is exactly what is meant
    expectTypeOf<{}>().toExtend<EndpointInput<typeof healthz>>();
  });

  test("the handler gets defaults filled in, and undefined only for an optional body", () => {
    expectTypeOf<EndpointRequest<typeof gatewaySend>["body"]["bot_id"]>().toEqualTypeOf<string>();
    expectTypeOf<EndpointRequest<typeof gatewayReset>["body"]>().toEqualTypeOf<
      { bot_id?: string | undefined } | undefined
    >();
    expectTypeOf<EndpointRequest<typeof listAccess>["query"]>().toEqualTypeOf<{
      botId?: string | undefined;
    }>();
  });

  test("the result is the 2xx answer, and a stream's is its event", () => {
    expectTypeOf<EndpointResult<typeof gatewaySend>>().toEqualTypeOf<{
      response: string;
      session_key: string;
    }>();
    expectTypeOf<EndpointResult<typeof readyz>["status"]>().toEqualTypeOf<
      "ready" | "starting" | "failing" | "stopping"
    >();
    expectTypeOf<EndpointEvent<typeof turnEvents>>().toEqualTypeOf<TurnEvent>();
    expectTypeOf<EndpointResult<typeof turnEvents>>().toBeNever();
  });
});
