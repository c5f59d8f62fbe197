// What was done of late to keys, prices, alert rules and members, and who signed in: the newest first.

import { absolute } from '../instant.js';

const ACTIONS = {
  SIGN_IN: 'signed in',
  SIGN_IN_FAILED: 'failed to sign in',
  SIGN_OUT: 'signed out',
  PASSWORD_CHANGED: 'changed a password',
  KEY_CREATED: 'made a key',
  KEY_REVOKED: 'revoked a key',
  PRICE_SET: 'set a price',
  PRICE_ENDED: 'ended a price',
  REPORTED_COSTS_SET: 'changed which reported costs count',
  EVENTS_REPRICED: 'repriced events',
  WORKSPACE_CREATED: 'made the workspace',
  MEMBER_INVITED: 'invited a member',
  INVITATION_WITHDRAWN: 'withdrew an invitation',
  MEMBER_ADDED: 'added a member',
  MEMBER_CHANGED: 'changed a member’s role',
  MEMBER_REMOVED: 'removed a member',
  ALERT_RULE_CREATED: 'made an alert rule',
  ALERT_RULE_CHANGED: 'changed an alert rule',
  ALERT_RULE_DELETED: 'deleted an alert rule',
  DESTINATION_CREATED: 'added a destination of alerts',
  DESTINATION_DELETED: 'deleted a destination of alerts',
  DESTINATION_SECRET_ROTATED: 'rotated a webhook’s secret',
};

export function AuditLog({ entries }) {
  return (
    <section class="audit" aria-labelledby="audit-title">
      <h2 id="audit-title">What was done of late</h2>
      {entries.length === 0 ? (
        <p class="none">Nothing yet: changes of keys, prices, alert rules and members, and sign-ins, are kept here.</p>
      ) : (
        <div class="sideways" tabIndex={0} role="region" aria-labelledby="audit-title">
          <table class="key-table">
            <caption class="unseen">Changes and sign-ins, the newest first</caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">What</th>
                <th scope="col">Of</th>
                <th scope="col">From</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={entry.id} data-testid="audit-entry">
                  <td>
                    <time dateTime={entry.at}>{absolute(entry.at)}</time>
                  </td>
                  <td>{entry.actor}</td>
                  <td>{ACTIONS[entry.action] ?? entry.action}</td>
                  <td>{entry.detail?.name ?? entry.detail?.email ?? entry.subject ?? '—'}</td>
                  <td>{entry.address ?? '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
