import { createClient } from "@steward/client/client";

/** The API that has served this page, proved by the page's cookie. No address comes from anywhere else (threat T10). */
export const api = createClient({ baseUrl: "" });
