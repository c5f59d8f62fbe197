// Who looks at the page: a cookie that the script cannot read, so the server is asked.

import { computed, signal } from '@preact/signals';
import viewerQuery from './documents/viewer.graphql?raw';
import { ask, Problem, send } from './graphql.js';
import { chosenWorkspace, forgetWorkspace } from './workspace.js';

/** undefined: not known yet; null: nobody is signed in. */
export const viewer = signal(undefined);
/** Whether the viewer may set prices, and manage keys and members. */
export const isAdmin = computed(() => viewer.value?.scopes.includes('ADMIN') ?? false);

/** Asks who is signed in. @throws {Problem} other than UNAUTHENTICATED */
export async function readViewer() {
  try {
    viewer.value = (await ask(viewerQuery)).viewer;
  } catch (problem) {
    if (problem.code === 'FORBIDDEN' && chosenWorkspace() !== null) {
      // Of somebody else's, or one that was left since: the one used last serves.
      forgetWorkspace();
      return readViewer();
    }
    if (problem.code !== 'UNAUTHENTICATED') throw problem;
    viewer.value = null;
  }
}

/** Shows the sign-in view where the problem is that nobody is signed in. */
export function heed(problem) {
  if (problem.code !== 'UNAUTHENTICATED') return false;
  viewer.value = null;
  return true;
}

/** @param {{key: string}|{email: string, password: string}} given  @throws {Problem} */
export async function signIn(given) {
  await tell('POST', '/session', given);
  forgetWorkspace();
  await readViewer();
}

/** Where one signs in by the workspace's own provider; null where there is none. */
export async function readProvider() {
  const response = await send('/sign-in/ways');
  return response.ok ? (await response.json()).oidc : null;
}

/** Here. Whoever is not told so may be signed in still. @throws {Problem} */
export async function signOut() {
  await tell('DELETE', '/session');
  viewer.value = null;
}

/** On this and on all other browsers. @throws {Problem} */
export async function signOutEverywhere() {
  await tell('DELETE', '/sessions');
  viewer.value = null;
}

/** Ends the person's other sessions. @throws {Problem} */
export async function changePassword(current, next) {
  await tell('POST', '/session/password', { current, new: next });
}

/** `{email, workspace, role, hasAccount}` @throws {Problem} where it opens nothing */
export async function readInvitation(token) {
  return (await tell('POST', '/invitation', { token })).json();
}

/** Signs in, too. @throws {Problem} */
export async function acceptInvitation(token, password) {
  await tell('POST', '/invitation', { token, password });
  forgetWorkspace();
}

async function tell(method, path, given) {
  const response = await send(path, {
    method,
    headers: { 'content-type': 'application/json', 'x-livemeter-page': '1' },
    body: given && JSON.stringify(given),
  });
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  const error = body?.error ?? { ...body?.errors?.[0], ...body?.errors?.[0]?.extensions };
  throw new Problem(error.code ?? 'INTERNAL', error.message ?? `The server answered with status ${response.status}.`, {
    field: error.field,
  });
}
