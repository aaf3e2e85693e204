import { describe, expect, test } from "vitest";
import { readConversation } from "./conversation.ts";
import type { ContentBlock, Message } from "./messages-request.ts";

const text = (value: string): ContentBlock => ({ type: "text", text: value });
const user = (...content: ContentBlock[]): Message => ({ role: "user", content });
const assistant = (...content: ContentBlock[]): Message => ({ role: "assistant", content });
const system = (value: string): Message => ({ role: "system", content: [text(value)] });
const use = (id: string): ContentBlock => ({ type: "tool_use", id, name: "Bash", input: {} });
const result = (id: string, value: string): ContentBlock => ({
  type: "tool_result",
  toolUseId: id,
  isError: false,
  text: value,
});
const reminder = text("<system-reminder>\nToday is Friday.\n</system-reminder>\n\n");
const said = (value: string, attachments = 0) => ({ text: value, attachments });

describe("readConversation", () => {
  test("finds the prompt behind reminders and before trailing listings", () => {
    const conversation = readConversation([
      user(reminder, text("hello")),
      system("Available agent types: …"),
    ]);
    expect(conversation).toEqual({
      summary: null,
      earlier: [],
      current: said("hello"),
      rounds: [],
      steering: [],
    });
  });

  test("lists earlier prompts, oldest first, without the CLI's own words", () => {
    const conversation = readConversation([
      user(text("one")),
      assistant(text("1")),
      user(
        text("<local-command-caveat>Caveat: …</local-command-caveat>"),
        text("<command-name>/usage</command-name>"),
        text("<local-command-stdout>Total cost: $0</local-command-stdout>"),
        text("two"),
      ),
      assistant(text("2")),
      user(text("three")),
    ]);
    expect(conversation.earlier).toEqual([said("one"), said("two")]);
    expect(conversation.current).toEqual(said("three"));
  });

  test("takes the blocks of one message as one prompt and counts its pictures", () => {
    const { current } = readConversation([
      user(text("look"), { type: "other", kind: "image" }, text("closely"), {
        type: "other",
        kind: "thinking",
      }),
    ]);
    expect(current).toEqual(said("look\nclosely", 1));
  });

  test("a tool's result belongs to the prompt before it", () => {
    const conversation = readConversation([
      user(text("go")),
      assistant(text("I will"), use("a")),
      user(result("a", "done"), reminder),
      assistant(use("b")),
    ]);
    expect(conversation.current).toEqual(said("go"));
    expect(conversation.rounds).toEqual([
      { id: "a", name: "Bash", input: {}, result: { text: "done", isError: false } },
      { id: "b", name: "Bash", input: {}, result: null },
    ]);
  });

  test("a prompt merged into the message of an interrupted tool starts anew", () => {
    const conversation = readConversation([
      user(text("go")),
      assistant(use("a")),
      user(result("a", "rejected"), text("[Request interrupted by user for tool use]\n"), text("next")),
    ]);
    expect(conversation).toMatchObject({ earlier: [said("go")], current: said("next"), rounds: [] });
  });

  test("two prompts around an interrupt notice stay two", () => {
    const conversation = readConversation([
      user(text("one"), text("[Request interrupted by user]\n"), text("two")),
    ]);
    expect(conversation).toMatchObject({ earlier: [said("one")], current: said("two") });
  });

  test.each([
    "The user sent a new message while you were working:\nfaster\n\nIMPORTANT: After completing your current task, you MUST address it.",
    "The user sent a new message while you were working:\nfaster\n\nThis is how Claude Code surfaces messages the user sends mid-turn.",
  ])("hears what is said during a tool loop, and remembers it afterwards", (words) => {
    const loop = [user(text("go")), assistant(use("a")), user(result("a", "ok")), system(words)];
    expect(readConversation(loop)).toMatchObject({ current: said("go"), steering: ["faster"] });
    const later = readConversation([...loop, assistant(text("done")), user(text("next"))]);
    expect(later).toMatchObject({ earlier: [said("go"), said("faster")], steering: [] });
  });

  test("after a compaction the summary stands for what was said", () => {
    const conversation = readConversation([
      user(
        text(
          "This session is being continued from a previous conversation that ran out of context. The summary below covers the earlier portion of the conversation.\n\n" +
            "<system-reminder>\n<tools-used-before-summary></tools-used-before-summary>\n</system-reminder>\n" +
            "Summary:\nWe spoke.\nA lot.\n\nIf you need specific details from before compaction, read the full transcript.\nContinue.",
        ),
      ),
      assistant(text("kept answer")),
      user(text("next")),
    ]);
    expect(conversation).toMatchObject({ summary: "We spoke.\nA lot.", earlier: [], current: said("next") });
  });

  test("messages without a person's words have an empty prompt", () => {
    expect(readConversation([user(reminder)]).current).toEqual(said(""));
  });
});
