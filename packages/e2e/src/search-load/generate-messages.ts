import { createRandom, zipf } from "../load/random.ts";

const SMALL_WORDS = "the of and to in is it for on with that this you not are be as at have from".split(" ");
const SYLLABLES = "ba ko re mi ta lu ser vin dor pel gan tis mor fen quel stra plo chi nar vo".split(" ");
const HAN =
  "文件内核数据库查询设置打开无法系统错误连接服务时间用户消息任务计划会议报告问题测试版本更新网络安全备份恢复目录路径权限进程内存磁盘";
const KANA = "設定ファイルデータ検索開接続時間利用者通知予定会議報告問題試験更新";
const PARTICLES = ["は", "を", "に", "が", "の", "で", "と"];

export interface Vocabulary {
  english: string[];
  chinese: string[];
  japanese: string[];
}

export interface GeneratedMessage {
  sessionId: string;
  botId: string;
  content: string;
  role: "user" | "assistant";
  createdAt: number;
}

const CHATS = 500;
const BOTS = 8;
/** Messages of the one chat that is searched on its own: a busy month. */
export const ONE_CHAT = { botId: "bench", chatId: "one", messages: 1_300 };

const pick = <T>(random: () => number, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;
const word = (random: () => number, parts: readonly string[], length: number): string =>
  Array.from({ length }, () => pick(random, parts)).join("");

/** Words that never stood anywhere: frequencies as in real texts, nobody's own words. */
export const createVocabulary = (seed = 1): Vocabulary => {
  const random = createRandom(seed);
  const many = (count: number, make: () => string) => [...new Set(Array.from({ length: count }, make))];
  return {
    english: many(30_000, () => word(random, SYLLABLES, 2 + Math.floor(random() * 3))),
    chinese: many(4_000, () => word(random, [...HAN], 2 + Math.floor(random() * 2))),
    japanese: many(3_000, () => word(random, [...KANA], 2 + Math.floor(random() * 2))),
  };
};

/** Mixed messages: 55 % English, 30 % Chinese, 15 % Japanese, one in ten in two languages; chats as unequal as real ones. */
export const generateMessages = function* (
  count: number,
  vocabulary: Vocabulary,
  seed = 2,
): Generator<GeneratedMessage> {
  const random = createRandom(seed);
  const { english, chinese, japanese } = vocabulary;
  const inEnglish = (): string =>
    Array.from({ length: 8 + Math.floor(random() * 28) }, () =>
      random() < 0.4 ? pick(random, SMALL_WORDS) : (english[zipf(random, english.length)] ?? ""),
    ).join(" ");
  const inChinese = (): string =>
    `${Array.from({ length: 6 + Math.floor(random() * 20) }, () => (chinese[zipf(random, chinese.length)] ?? "") + (random() < 0.2 ? "，" : "")).join("")}。`;
  const inJapanese = (): string =>
    `${Array.from({ length: 5 + Math.floor(random() * 16) }, () => (japanese[zipf(random, japanese.length)] ?? "") + pick(random, PARTICLES)).join("")}。`;
  const inOne = (): string => {
    const language = random();
    return language < 0.55 ? inEnglish() : language < 0.85 ? inChinese() : inJapanese();
  };
  const every = Math.max(1, Math.floor(count / ONE_CHAT.messages));
  for (let i = 0; i < count; i++) {
    const isOne = i % every === 0 && i / every < ONE_CHAT.messages;
    const chat = zipf(random, CHATS);
    const botId = isOne ? ONE_CHAT.botId : `bot${chat % BOTS}`;
    yield {
      botId,
      sessionId: isOne ? `gw-${ONE_CHAT.botId}-${ONE_CHAT.chatId}` : `gw-${botId}-${chat}`,
      content: random() < 0.1 ? `${inEnglish()} ${inChinese()}` : inOne(),
      role: i % 2 === 0 ? "user" : "assistant",
      createdAt: 1_700_000_000_000 + i * 1_000,
    };
  }
};
