import { type Fields, listField, numberField, objectField, textField } from "./fields.ts";

/** What a message without text says, in words for the agent: a place, a contact, a poll. Null when it is none of them. */
export function describeContent(message: Fields): string | null {
  const sticker = objectField(message, "sticker");
  if (sticker !== null) {
    const set = textField(sticker, "set_name");
    return `[Sticker${suffix(" ", textField(sticker, "emoji"))}${suffix(" from ", set)}]`;
  }
  // A venue carries its location once more.
  const venue = objectField(message, "venue");
  if (venue !== null) {
    const title = textField(venue, "title") ?? "";
    const address = suffix(", ", textField(venue, "address"));
    return `[Venue: ${title}${address}${suffix(" at ", coordinates(objectField(venue, "location")))}]`;
  }
  const place = coordinates(objectField(message, "location"));
  if (place !== undefined) return `[Location: ${place}]`;
  const contact = objectField(message, "contact");
  if (contact !== null) {
    const name = [textField(contact, "first_name"), textField(contact, "last_name")]
      .filter(Boolean)
      .join(" ");
    return `[Contact: ${name}${suffix(", ", textField(contact, "phone_number"))}]`;
  }
  const poll = objectField(message, "poll");
  if (poll !== null) {
    const options = listField(poll, "options").map((option) => textField(option, "text") ?? "");
    return `[Poll: ${textField(poll, "question") ?? ""}${suffix(" · ", options.join(" / "))}]`;
  }
  const dice = objectField(message, "dice");
  if (dice !== null) {
    return `[Dice${suffix(" ", textField(dice, "emoji"))}${suffix(": ", String(numberField(dice, "value") ?? ""))}]`;
  }
  return null;
}

const suffix = (separator: string, text: string | undefined): string =>
  text === undefined || text === "" ? "" : separator + text;

function coordinates(location: Fields | null): string | undefined {
  const latitude = numberField(location, "latitude");
  const longitude = numberField(location, "longitude");
  return latitude === undefined || longitude === undefined ? undefined : `${latitude}, ${longitude}`;
}
