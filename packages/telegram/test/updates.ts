/** Raw updates as the Bot API sends them, with whatever a test wants to change. */
export const PERSON = {
  id: 7,
  is_bot: false,
  first_name: "Ann",
  last_name: "Lee",
  username: "annlee",
  language_code: "zh-hans",
};
export const PRIVATE_CHAT = { id: 7, type: "private", first_name: "Ann", username: "annlee" };
export const GROUP = { id: -100123, type: "supergroup", title: "Team" };
export const CHANNEL = { id: -100999, type: "channel", title: "News" };
/** What Telegram puts into `from` for messages in the name of a group. */
export const ANONYMOUS_ADMIN = {
  id: 1087968824,
  is_bot: true,
  first_name: "Group",
  username: "GroupAnonymousBot",
};

type Fields = Record<string, unknown>;

/** A field that a test sets to undefined is left out. */
export const messageUpdate = (message: Fields = {}, kind = "message"): Fields => ({
  update_id: 1000,
  [kind]: asJson({
    message_id: 5,
    date: 1_790_000_000,
    chat: PRIVATE_CHAT,
    from: PERSON,
    text: "hello",
    ...message,
  }),
});

const asJson = (fields: Fields): Fields => JSON.parse(JSON.stringify(fields)) as Fields;

export const groupMessage = (message: Fields = {}): Fields => messageUpdate({ chat: GROUP, ...message });

/** A message whose text begins with a mention of `@name`. */
export const mentioning = (name: string, message: Fields = {}): Fields =>
  groupMessage({
    text: `@${name} hello`,
    entities: [{ type: "mention", offset: 0, length: name.length + 1 }],
    ...message,
  });

export const callbackUpdate = (query: Fields = {}): Fields => ({
  update_id: 1001,
  callback_query: asJson({
    id: "cb1",
    from: PERSON,
    chat_instance: "x",
    data: "a:abc:allow",
    message: { message_id: 6, date: 1_790_000_000, chat: PRIVATE_CHAT, text: "May I?" },
    ...query,
  }),
});
