import { ENDPOINTS } from "@steward/contract/endpoints";
import type { ProjectService } from "@steward/core/projects/project-service";
import type { Mount } from "../http/mount.ts";

export function mountProjects(mount: Mount, { projects }: { projects: ProjectService }): void {
  mount.json(ENDPOINTS.listProjects, () => projects.list());
  mount.json(ENDPOINTS.addProject, ({ body }) => projects.add(body));
  mount.json(ENDPOINTS.removeProject, ({ params }) => ({ removed: projects.remove(params.name) }));
  mount.json(ENDPOINTS.chooseProject, ({ body: { project, worktree, userId, ...address } }) =>
    projects.choose(address, { project, worktree, userId }),
  );
}
