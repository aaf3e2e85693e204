import { z } from "zod";
import { defineEndpoint, json, jsonBody } from "./endpoint.ts";

/** Where the web UI finds the code in the address that opens it: a fragment is sent to no server and written to no log. */
export const SIGN_IN_FRAGMENT = "code";

export const webSessionIdSchema = z.uuid().describe("A browser that is signed in (UUIDv7)");

/** A browser that is signed in to the web UI. */
export const webSessionSchema = z.object({
  id: webSessionIdSchema,
  label: z.string().describe("What the browser calls itself, e.g. `Firefox, Linux`; empty = nothing known"),
  createdAt: z.int(),
  lastSeenAt: z.int().describe("To the hour"),
  expiresAt: z.int().describe("Moves on while the browser is used, at most to 180 days after it signed in"),
});
export type WebSession = z.infer<typeof webSessionSchema>;

/** Who asks. Whoever is let in is the owner; `session` is null for a program that has the token in a header. */
export const webIdentitySchema = z.object({ session: webSessionSchema.nullable() });

/** Only with the token in a header: a browser that is signed in lets no other in. */
export const createWebCode = defineEndpoint({
  method: "post",
  path: "/api/v1/web/codes",
  tags: ["web"],
  summary: "Make a link that signs one browser in, once",
  responses: {
    200: json(
      z.object({
        code: z.string(),
        path: z.string().describe("Behind the address of the service; opened in a browser it signs in"),
        expiresAt: z.int(),
      }),
    ),
  },
});

/**
 * Sets the cookie. Needs no token in a header, but a browser's own word (Origin, Sec-Fetch-Site) that a page of ours asks.
 * Refused with `web_code_invalid` (unknown, used, expired), or `unauthorized` (not the token).
 */
export const signIn = defineEndpoint({
  method: "post",
  path: "/api/v1/web/session",
  tags: ["web"],
  summary: "Sign this browser in, by a code or by the token",
  request: {
    body: jsonBody(
      z.union([
        z.object({ code: z.string().min(1).max(256) }),
        z.object({ token: z.string().min(1).max(1_024) }),
      ]),
    ),
  },
  responses: { 200: json(webIdentitySchema) },
});

export const getWebSession = defineEndpoint({
  method: "get",
  path: "/api/v1/web/session",
  tags: ["web"],
  summary: "Who is signed in here, and until when",
  responses: { 200: json(webIdentitySchema) },
});

export const signOut = defineEndpoint({
  method: "delete",
  path: "/api/v1/web/session",
  tags: ["web"],
  summary: "Sign this browser out",
  responses: { 200: json(z.object({ signedOut: z.boolean() })) },
});

/** Latest seen first. */
export const listWebSessions = defineEndpoint({
  method: "get",
  path: "/api/v1/web/sessions",
  tags: ["web"],
  summary: "Browsers that are signed in",
  responses: {
    200: json(z.array(z.object({ ...webSessionSchema.shape, isCurrent: z.boolean() }))),
  },
});

export const revokeWebSession = defineEndpoint({
  method: "delete",
  path: "/api/v1/web/sessions/{sessionId}",
  tags: ["web"],
  summary: "Sign a browser out",
  request: { params: z.object({ sessionId: webSessionIdSchema }) },
  responses: { 200: json(z.object({ revoked: z.boolean() })) },
});

export const revokeOtherWebSessions = defineEndpoint({
  method: "delete",
  path: "/api/v1/web/sessions",
  tags: ["web"],
  summary: "Sign all other browsers out; asked with the token in a header, all",
  responses: { 200: json(z.object({ revoked: z.int() })) },
});
