// The keys of the workspace: those that hold first.

import { serverNow } from '../graphql.js';
import { absolute, ago, minute } from '../instant.js';
import { sorted, standing, task } from '../keys.js';

export function KeyTable({ list }) {
  const now = serverNow();
  return (
    <section class="keys" aria-labelledby="keys-title">
      <div class="keys-head">
        <h2 id="keys-title">API keys</h2>
        <p>Programs use them. A secret is shown once, when its key is made, and kept nowhere.</p>
        <button type="button" class="primary" onClick={() => (task.value = { kind: 'create' })}>
          New key…
        </button>
      </div>
      {list.length === 0 ? (
        <p class="none">There are no keys yet: make one for the back end that records usage.</p>
      ) : (
        <div class="sideways" tabIndex={0} role="region" aria-labelledby="keys-title">
          <table class="key-table">
            <caption class="unseen">API keys of this workspace</caption>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Begins with</th>
                <th scope="col">Scopes</th>
                <th scope="col">Made</th>
                <th scope="col">Last used</th>
                <th scope="col">Ends</th>
                <th scope="col">
                  <span class="unseen">Revoke</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sorted(list, now).map((key) => (
                <Row key={key.id} apiKey={key} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ apiKey, now }) {
  const state = standing(apiKey, now);
  return (
    <tr class={`key ${state}`}>
      <th scope="row">{apiKey.name}</th>
      <td>
        <code>{apiKey.prefix}…</code>
      </td>
      <td class="scopes">{apiKey.scopes.join(', ')}</td>
      <td>
        <Since at={apiKey.createdAt} now={now} />
      </td>
      <td>{apiKey.lastUsedAt ? <Since at={apiKey.lastUsedAt} now={now} /> : <span class="none">never</span>}</td>
      <td>{ENDS[state](apiKey)}</td>
      <td>
        {state === 'holds' && (
          <button
            type="button"
            class="small"
            aria-label={`Revoke ${apiKey.name}`}
            onClick={() => (task.value = { kind: 'revoke', key: apiKey })}
          >
            Revoke…
          </button>
        )}
      </td>
    </tr>
  );
}

const ENDS = {
  holds: (key) => (key.expiresAt ? minute(key.expiresAt) : <span class="none">never</span>),
  ended: (key) => `ended ${minute(key.expiresAt)}`,
  revoked: (key) => `revoked ${minute(key.revokedAt)}`,
};

function Since({ at, now }) {
  return (
    <time dateTime={at} title={absolute(at)}>
      {ago(at, now)}
    </time>
  );
}
