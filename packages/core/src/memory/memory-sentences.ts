/** What a plain message asks of the memory. `words`: what is to be remembered, or what names the memory to be forgotten. */
export type MemorySentence =
  | { kind: "remember"; words: string }
  /** What was replied to. */
  | { kind: "remember_this" }
  | { kind: "forget"; words: string };

/** Longer messages are more than a note. */
const LONGEST = 1_000;

const REMEMBER_EN = /^(?:(?:please|pls)[,\s]+)?remember(?:\s+that\b)?\s*[,:：]?\s+(.+)$/iu;
const REMEMBER_ZH = /^(?:请|麻烦|麻烦你)?(?:你|帮我|替我)?(?:记住|记下来?|记一下)[\s,，:：]*(.+)$/u;
const REMEMBER_THIS_EN = /^(?:(?:please|pls)[,\s]+)?remember\s+(?:this|that|it)(?:\s*,?\s*please)?$/iu;
const REMEMBER_THIS_ZH =
  /^(?:请|麻烦|麻烦你)?(?:你|帮我|替我)?(?:记住|记下来?|记一下)(?:这个|这条|这一点|它|这)?(?:吧)?$/u;
const FORGET_EN = /^(?:(?:please|pls)[,\s]+)?forget(?:\s*:\s*|\s+)(?:about\s+|that\s+)?(.+)$/iu;
const FORGET_ZH = /^(?:请|麻烦|麻烦你)?(?:你|帮我|替我)?(?:忘掉|忘记|忘了|不用记|别记)[\s,，:：]*(.+)$/u;

/** A question, a thing that only the conversation knows, or no fact at all. */
const NO_FACT_EN =
  /^(?:to|when|how|what|where|who|whom|whose|why|which|whether|if|this|that|it|these|those|them|him|her|me|us|you|everything|anything|nothing|all|our (?:chat|conversation|discussion|talk)|the (?:time|day|last|other day|previous|above)|last|yesterday|earlier|back)\b/iu;
const NO_FACT_ZH = /^(?:了|这|那|它|他|她|上|刚才|之前|什么|怎么|谁|哪|为什么|一切|所有)/u;
/** It goes on with something to do: that is for the agent. */
const TASK_EN =
  /[,;]?\s+(?:and|then|so|but)\s+(?:then\s+|now\s+|please\s+)*(?:please|now|write|make|update|do|fix|run|create|tell|continue|check|use|add|remove|delete|send|show|explain|help|start|stop|let|can|could|give|find|build|test|commit|deploy|search|list|go|answer|reply|summari[sz]e|translate)\b/iu;
const TASK_ZH =
  /(?:然后|接着|再|并且|并|顺便|现在)(?:请|帮|给|写|改|更新|运行|执行|做|看|查|告诉|继续|检查|删|加|修|总结|翻译|回答)/u;
const QUESTION_ZH = /(?:吗|么|呢|没有|没|了吧)$/u;

/**
 * Reads a message as a wish about the memory; null for everything that may just as well be meant for the agent. A question is
 * never one, nor is what goes on with a second sentence.
 */
export const readMemorySentence = (message: string): MemorySentence | null => {
  const said = message.trim();
  if (said === "" || said.length > LONGEST || /[?？\n]/u.test(said)) return null;
  const text = said.replace(/[.!。！~～\s]+$/u, "").replace(/,?\s+please$/iu, "");
  // A second sentence follows.
  if (/[.!;]\s+\S|[。！；]\S/u.test(text)) return null;
  if (REMEMBER_THIS_EN.test(text) || REMEMBER_THIS_ZH.test(text)) return { kind: "remember_this" };
  const [, fact] = REMEMBER_EN.exec(text) ?? [];
  if (fact !== undefined) {
    const isFact = !NO_FACT_EN.test(fact) && !TASK_EN.test(fact) && /\S\s+\S|[^\x20-\x7e]{2}/u.test(fact);
    return isFact ? { kind: "remember", words: fact.trim() } : null;
  }
  const [, fact2] = REMEMBER_ZH.exec(text) ?? [];
  if (fact2 !== undefined) {
    const isFact = !NO_FACT_ZH.test(fact2) && !TASK_ZH.test(fact2) && !QUESTION_ZH.test(fact2);
    return isFact && fact2.trim().length > 1 ? { kind: "remember", words: fact2.trim() } : null;
  }
  const [, name] = FORGET_EN.exec(text) ?? FORGET_ZH.exec(text) ?? [];
  return name === undefined || NO_FACT_EN.test(name) || NO_FACT_ZH.test(name)
    ? null
    : { kind: "forget", words: name.trim() };
};
