import type { Delivery } from "@steward/contract/deliveries";
import { expect, test } from "vitest";
import { deliveryKeyboard } from "./keyboard.ts";

const TURN = "0193f0a2-7c11-7000-8000-00000000002a";
const dataOf = (actions: Delivery["actions"]): string[] => {
  // What stands for a delivery here is all that its buttons are made of.
  const delivery = { actions, turnId: TURN, file: null, replyToMessageId: 7, language: "en" } as never;
  return (deliveryKeyboard(delivery)?.inline_keyboard ?? [])
    .flat()
    .map((button) => ("callback_data" in button ? button.callback_data : ""));
};

test.each<[Delivery["actions"], string[]]>([
  [
    ["retry", "continue"],
    [`r:${TURN}`, `c:${TURN}`],
  ],
  [
    ["confirm_plan", "revise_plan"],
    [`g:${TURN}`, `w:${TURN}`],
  ],
  [["run_edited"], ["e:7"]],
  [
    ["run_queue", "drop_queue"],
    ["q", "d"],
  ],
])("%j has its buttons", (actions, data) => {
  expect(dataOf(actions)).toEqual(data);
});
