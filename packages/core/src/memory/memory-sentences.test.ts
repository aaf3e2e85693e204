import { describe, expect, test } from "vitest";
import { readMemorySentence } from "./memory-sentences.ts";
import { keyOf, splitKey } from "./memory-words.ts";

describe("a plain message", () => {
  test.each([
    ["Remember that my wife is called Ana.", "my wife is called Ana"],
    ["please remember I live in Berlin", "I live in Berlin"],
    ["Please, remember that the API listens on 8080, please", "the API listens on 8080"],
    ["remember: the deploy key is in 1Password", "the deploy key is in 1Password"],
    ["REMEMBER my birthday is on 3 May!", "my birthday is on 3 May"],
    ["remember, I prefer tabs over spaces", "I prefer tabs over spaces"],
    ["记住我对花生过敏", "我对花生过敏"],
    ["请记住：服务器在法兰克福。", "服务器在法兰克福"],
    ["请你记住，我喜欢简短的回答", "我喜欢简短的回答"],
    ["帮我记一下 车停在B2", "车停在B2"],
  ])("%s: is remembered", (said, words) => {
    expect(readMemorySentence(said)).toEqual({ kind: "remember", words });
  });

  test.each(["remember this", "Remember that.", "please remember it!", "记住这个", "请记住", "记下来吧"])(
    "%s: means what it replies to",
    (said) => {
      expect(readMemorySentence(said)).toEqual({ kind: "remember_this" });
    },
  );

  test.each([
    ["forget my birthday", "my birthday"],
    ["Forget about the API port.", "the API port"],
    ["please forget: deploy key", "deploy key"],
    ["忘掉我的生日", "我的生日"],
    ["请忘记服务器", "服务器"],
  ])("%s: may name something to be forgotten", (said, words) => {
    expect(readMemorySentence(said)).toEqual({ kind: "forget", words });
  });

  test.each([
    ...["remember when we talked about the parser?", "remember when we talked about the parser"],
    ...["Do you remember my name?", "remember me?", "remember?", "remember", "remember what I said"],
    ...["remember to water the plants", "remember the last thing I told you", "remember everything"],
    ...["remember that the port is 8080 and update the config", "Remember that it broke. Now fix it."],
    ...["remember that the port is 8080, then run the tests", "remember this for the next time"],
    ...["I remember that it was blue", "remembering that is hard", "remember bananas"],
    ...["remember the rules:\n1. no tabs\n2. no spaces", `remember that ${"x ".repeat(600)}`],
    ...["forget it", "forget about it", "Forget about that.", "forget that", "forget everything", "forget"],
    ...["forget what I said", "forget to mention it", "forgetting the key is bad", "don't forget the milk"],
    ...["记住了吗", "记住了", "记得我的名字吗？", "你记住我的名字没有", "记住我的端口然后帮我改配置"],
    ...["忘了它吧", "忘掉这个", "忘记刚才说的", "记住什么", "hello", "", "   ", "🧠"],
  ])("%j: is for the agent", (said) => {
    expect(readMemorySentence(said)).toBeNull();
  });
});

describe("a text without a key", () => {
  test.each([
    ["port: 8080", { key: "port", content: "8080" }],
    [
      "Wi-Fi at home:  hunter2 \n on the fridge",
      { key: "Wi-Fi at home", content: "hunter2 \n on the fridge" },
    ],
    ["生日：五月三日", { key: "生日", content: "五月三日" }],
    ["https://example.org/a: it is down", null],
    ["see https://example.org", null],
    ["the train leaves at 10:30", null],
    ["I told you many times what I think of this: nothing", null],
    [": nothing", null],
    ["nothing:", null],
  ])("%s: is taken apart only where it has one", (text, parts) => {
    expect(splitKey(text)).toEqual(parts);
  });

  test.each([
    ["I live in Berlin.", "I live in Berlin"],
    ["one two three four five six seven eight nine", "one two three four five six seven"],
    ["first line\nsecond", "first line"],
    ["！！！", "！！！"],
    ["我".repeat(80), "我".repeat(48)],
    [`${"a".repeat(30)} ${"b".repeat(30)}`, "a".repeat(30)],
    ["👨‍👩‍👧".repeat(20), "👨‍👩‍👧".repeat(6)],
  ])("%s: is called by its first words", (text, key) => {
    expect(keyOf(text)).toBe(key);
  });
});
