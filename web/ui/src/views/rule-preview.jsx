// When a rule would have fired, before it is kept.

import { useSignal } from '@preact/signals';
import { keyLabel, worth } from '../alert-measure.js';
import { grouped } from '../amount.js';
import alertPreview from '../documents/alertPreview.graphql?raw';
import { ask } from '../graphql.js';
import { absolute, lasted, shortly } from '../instant.js';
import { dayOf, ownZone } from '../zone.js';

const DAYS = 30;
const DAY_MS = 86_400_000;

/** `onCheck(form, without)` says whether it can be sent, `onRefused(problem, form)` hears why it was not answered. */
export function RulePreview({ draft, input, onCheck, onRefused }) {
  const isBusy = useSignal(false);
  /** `{of, preview}`: it says nothing of what was changed since. */
  const answer = useSignal(null);
  const shown = answer.value?.of === asked(input.value) ? answer.value.preview : null;

  async function run(event) {
    const { form } = event.currentTarget;
    if (!onCheck(form, ['name'])) return;
    isBusy.value = true;
    const of = asked(input.value);
    // One may try first, and find a name for it later.
    const named = { ...input.value, name: input.value.name.trim() || 'A rule' };
    try {
      answer.value = { of, preview: (await ask(alertPreview, { input: named, days: DAYS })).alertPreview };
    } catch (problem) {
      onRefused(problem, form);
    }
    isBusy.value = false;
  }

  return (
    <section class="rule-preview" aria-label="Test">
      <button type="button" disabled={isBusy.value} onClick={run}>
        {isBusy.value ? 'Looking…' : `Test against the last ${DAYS} days`}
      </button>
      <div role="status">{shown && <Found draft={draft} preview={shown} />}</div>
      {shown?.total > 0 && <Firings draft={draft} preview={shown} />}
    </section>
  );
}

/** Neither its name nor who is told changes when it fires. */
function asked({ name, destinationIds, enabled, ...rest }) {
  return JSON.stringify(rest);
}

function Found({ draft, preview: { total, keys, stepMinutes, firings } }) {
  const each = stepMinutes === 1 ? 'each minute' : `each ${stepMinutes} minutes`;
  const looked = <span class="per">Looked at {each} of what is recorded now.</span>;
  if (!total) {
    return (
      <p class="done" data-testid="preview">
        It would not have fired. {looked}
      </p>
    );
  }
  const of = draft.per ? ` for ${grouped(String(keys))} ${draft.per.toLowerCase()}${keys === 1 ? '' : 's'}` : '';
  return (
    <p class="done" data-testid="preview">
      It would have fired <b>{total === 1 ? 'once' : `${grouped(String(total))} times`}</b>
      {of}.{total > firings.length && ` The latest ${firings.length} are shown.`} {looked}
    </p>
  );
}

function Firings({ draft, preview }) {
  return (
    <>
      <Strip preview={preview} />
      <div class="preview-list" tabIndex={0} role="region" aria-label="When it would have fired">
        <table class="alert-table">
          <thead>
            <tr>
              <th scope="col">Began</th>
              {draft.per && <th scope="col">{draft.per.toLowerCase()}</th>}
              <th scope="col" class="number">
                Value
              </th>
              <th scope="col" class="number">
                Limit
              </th>
              <th scope="col">Lasted</th>
            </tr>
          </thead>
          <tbody>
            {preview.firings.map((firing) => (
              <tr key={`${firing.openedAt} ${firing.key}`} data-testid="preview-firing">
                <td title={absolute(firing.openedAt)}>{shortly(firing.openedAt)}</td>
                {draft.per && <td class="of" title={keyLabel(draft, firing.key)}>{keyLabel(draft, firing.key)}</td>}
                <td class="number">{firing.limit === null ? <span class="none">no events</span> : worth(draft, firing.value)}</td>
                <td class="number">{firing.limit === null ? <span class="none">—</span> : worth(draft, firing.limit)}</td>
                <td>{firing.resolvedAt ? lasted(firing.openedAt, firing.resolvedAt) : 'goes on'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** How many began on each of the days. The list has them all, so nothing is told twice. */
function Strip({ preview: { from, to, firings } }) {
  const start = Date.parse(from);
  const days = Math.round((Date.parse(to) - start) / DAY_MS);
  const counts = Array(days).fill(0);
  for (const { openedAt } of firings) counts[Math.min(days - 1, Math.max(0, Math.floor((Date.parse(openedAt) - start) / DAY_MS)))]++;
  const most = Math.max(...counts);
  return (
    <figure class="strip" aria-hidden="true">
      <div>
        {counts.map((count, day) => (
          <i key={day} title={`${dayOf(start + day * DAY_MS, ownZone)}: ${count}`}>
            {count > 0 && <b style={{ height: `${Math.max(12, (count / most) * 100)}%` }} />}
          </i>
        ))}
      </div>
      <figcaption>
        <span>{dayOf(start, ownZone)}</span>
        <span>{dayOf(Date.parse(to) - 1, ownZone)}</span>
      </figcaption>
    </figure>
  );
}
