// Which of a person's workspaces this tab looks at; the server takes the one used last where none is named.

const KEY = 'livemeter-workspace';

/** Its id; null where none was chosen in this tab. */
export function chosenWorkspace() {
  return sessionStorage.getItem(KEY);
}

/** All that is shown is of the other workspace then, so the document is loaded anew. */
export function chooseWorkspace(id) {
  sessionStorage.setItem(KEY, id);
  location.reload();
}

export function forgetWorkspace() {
  sessionStorage.removeItem(KEY);
}

/** For a request's headers, or the payload of `connection_init`. */
export function workspaceHeader() {
  const id = chosenWorkspace();
  return id === null ? {} : { 'Livemeter-Workspace': id };
}
