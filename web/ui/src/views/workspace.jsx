// Which workspace one looks at; a person who belongs to several may change it.

import { viewer } from '../session.js';
import { chooseWorkspace } from '../workspace.js';

export function Workspace() {
  const { workspace, workspaces } = viewer.value ?? {};
  if (!workspaces || workspaces.length < 2) {
    return (
      <span class="workspace" title="Workspace">
        {workspace?.name}
      </span>
    );
  }
  return (
    <select
      class="workspace"
      aria-label="Workspace"
      value={workspace.id}
      onChange={(event) => chooseWorkspace(event.target.value)}
    >
      {workspaces.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
