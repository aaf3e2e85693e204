import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { DeliveryRepository } from "../deliveries/delivery-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { SettingsRepository } from "../settings/settings-repository.ts";
import { type Admission, createAdmission } from "./admission.ts";
import { createGroups, type Groups } from "./groups.ts";
import { createGuesses } from "./guesses.ts";
import { createInvitations, type Invitations } from "./invitations.ts";
import { createOwnerQuestions } from "./owner-questions.ts";
import { createPairing, type Pairing } from "./pairing.ts";
import { createPeople, createPeopleRepository, type People } from "./people.ts";

/** Who may use a bot, as what, and where; how people come in, and who is told. */
export interface AccessService extends People, Pairing, Invitations, Groups {
  admit: Admission;
}

export const createAccessService = (deps: {
  database: OpenDatabase;
  chats: ChatRepository;
  deliveries: DeliveryRepository;
  settings: SettingsRepository;
  hub: EventHub;
  clock: Clock;
  ids: Ids;
  warnsOfSharing: boolean;
}): AccessService => {
  const people = createPeopleRepository(deps);
  const questions = createOwnerQuestions({ ...deps, people });
  const groups = createGroups({ ...deps, people, questions });
  return {
    ...createPeople({ ...deps, people }),
    ...createPairing({ ...deps, people, questions }),
    ...createInvitations({ ...deps, people, questions, guesses: createGuesses(deps.clock) }),
    ...groups,
    admit: createAdmission({ people, groups }),
  };
};
