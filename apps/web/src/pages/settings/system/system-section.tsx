import { useSystem } from "../../../api/system.ts";
import { Loaded } from "../../../ui/loaded.tsx";
import { BackupCard } from "./backup-card.tsx";
import { EmbedderCard } from "./embedder-card.tsx";
import { SandboxCard } from "./sandbox-card.tsx";

/** What the service works with: the sandbox, the embedder, backups. */
const SystemSection = () => {
  const system = useSystem();
  return (
    <>
      <Loaded query={system}>{({ sandbox }) => <SandboxCard sandbox={sandbox} />}</Loaded>
      <EmbedderCard />
      <BackupCard />
    </>
  );
};
export default SystemSection;
