import type { Locator, Page } from "playwright-core";

/** What was said in the chat that is shown. */
export const chatLog = (page: Page): Locator => page.getByRole("log", { name: "What was said" });

export const messageField = (page: Page): Locator => page.getByLabel("Write a message");
