// Which event it is: ids, whose it was, when it was and how it ended.

import { filter, setFilter } from '../activity-query.js';
import { FIELDS, OUTCOMES, valueLabel, withValue } from '../filter.js';
import { serverNow } from '../graphql.js';
import { absolute, ago, duration } from '../instant.js';
import { CopyButton } from './copy-button.jsx';

export function Identity({ event }) {
  const run = [
    ['Requested model', event.requestedModel],
    ['Processing', event.processing],
    ['Service tier', event.serviceTier],
    ['Speed', event.speed],
    ['Region', event.region],
    ['Search context', event.searchContextSize],
  ].filter(([, value]) => value !== null);
  return (
    <section>
      <h3>Event</h3>
      <dl class="facts">
        <Fact label="Id">
          <code class="id">{event.id}</code> <CopyButton text={event.id} label="Copy id" />
        </Fact>
        <Fact label="Occurred">
          <Instant at={event.occurredAt} />
        </Fact>
        <Fact label="Recorded">
          <Instant at={event.recordedAt} />
        </Fact>
        {FIELDS.filter((field) => field.property in event && field.name !== 'outcome').map((field) => (
          <Fact key={field.name} label={field.label}>
            <Filterable field={field} value={event[field.property]} />
          </Fact>
        ))}
        {run.map(([label, value]) => (
          <Fact key={label} label={label}>
            {value}
          </Fact>
        ))}
        <Fact label="Outcome">
          <span class={event.outcome === 'ERROR' ? 'error' : ''}>
            {valueLabel({ choices: OUTCOMES }, event.outcome)}
            {event.errorCode && `: ${event.errorCode}`}
          </span>
        </Fact>
        {event.durationMs !== null && <Fact label="Took">{duration(event.durationMs)}</Fact>}
      </dl>
    </section>
  );
}

function Fact({ label, children }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Instant({ at }) {
  return (
    <time dateTime={at} title={at}>
      {absolute(at)} <span class="ago">{ago(at, serverNow())}</span>
    </time>
  );
}

function Filterable({ field, value }) {
  const label = value === null ? `without a ${field.label.toLowerCase()}` : `with this ${field.label.toLowerCase()}`;
  return (
    <>
      <span class={value === null ? 'none' : ''}>{value === null ? '—' : valueLabel(field, value)}</span>{' '}
      <button
        type="button"
        class="small only"
        aria-label={`Only events ${label}`}
        title={`Only events ${label}`}
        onClick={() => setFilter(withValue(filter.value, field.name, value))}
      >
        only
      </button>
    </>
  );
}
