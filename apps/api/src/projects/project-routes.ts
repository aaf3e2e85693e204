import { ENDPOINTS } from "@steward/contract/endpoints";
import type { ProjectService } from "@steward/core/projects/project-service";
import { holderOf } from "../http/holder-of.ts";
import type { Mount } from "../http/mount.ts";

export function mountProjects(mount: Mount, { projects }: { projects: ProjectService }): void {
  mount.json(ENDPOINTS.listProjects, () => projects.list());
  mount.json(ENDPOINTS.addProject, ({ body }, c) => projects.add(body, holderOf(c)));
  mount.json(ENDPOINTS.removeProject, ({ params }, c) => ({
    removed: projects.remove(params.name, holderOf(c)),
  }));
  mount.json(ENDPOINTS.chooseProject, ({ body: { project, worktree, userId, ...address } }, c) =>
    projects.choose(address, { project, worktree, userId }, holderOf(c)),
  );
}
