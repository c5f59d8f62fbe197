// One event as a row of the table: all columns, or three of two lines on a phone.

import { Component } from 'preact';
import { fieldNamed, valueLabel } from '../filter.js';
import { Cost, counts, Outcome, Time, took, typeLabel, Value } from './columns.jsx';
import { Chevron } from './icons.jsx';

/** Props: `row`, `isOpen`, `isActive`, `isTabStop`, `isFresh`, `layout`. Drawn again only when one changes. */
export class EventRow extends Component {
  shouldComponentUpdate(next) {
    for (const name in next) if (next[name] !== this.props[name]) return true;
    return false;
  }

  render({ row, isOpen, isActive, isTabStop, isFresh, layout }) {
    const { event } = row;
    return (
      <tr
        class={`event${isOpen ? ' open' : ''}${isActive ? ' active' : ''}${isFresh ? ' fresh' : ''}${event.outcome === 'ERROR' ? ' failed' : ''}`}
        data-id={row.id}
        tabIndex={isTabStop ? 0 : -1}
      >
        {layout === 'narrow' ? <NarrowCells event={event} isOpen={isOpen} /> : <Cells event={event} isOpen={isOpen} isWide={layout === 'wide'} />}
      </tr>
    );
  }
}

function Cells({ event, isOpen, isWide }) {
  const { input, output, other } = counts(event);
  return (
    <>
      <td class="opener">
        <button type="button" tabIndex={-1} aria-label="Details" aria-expanded={isOpen}>
          <Chevron />
        </button>
      </td>
      <td class="time">
        <Time at={event.occurredAt} />
      </td>
      {isWide && (
        <td>
          <Value name="type" value={event.type} />
        </td>
      )}
      <td>
        <Value name="customer" value={event.customerId} />
      </td>
      <td>
        <Value name="user" value={event.userId} />
      </td>
      <td>
        <Value name="feature" value={event.featureId} />
      </td>
      <td>
        <Value name="provider" value={event.provider} />
      </td>
      <td class="model">
        <Value name="model" value={event.model} />
      </td>
      {other ? (
        <td class="number" colSpan={2} title={other}>
          {other}
        </td>
      ) : (
        <>
          <td class="number">{input}</td>
          <td class="number">{output}</td>
        </>
      )}
      <td class="number cost">
        <Cost cost={event.cost} />
      </td>
      {isWide && <td class="number took">{took(event)}</td>}
      <td class="outcome">
        <Outcome event={event} />
      </td>
    </>
  );
}

function NarrowCells({ event, isOpen }) {
  const { input, output, other } = counts(event);
  const who = ['customer', 'feature', 'user'].map(fieldNamed).filter(({ property }) => event[property] !== null);
  return (
    <>
      <td>
        <button type="button" class="unseen" tabIndex={-1} aria-expanded={isOpen}>
          Details
        </button>
        <span class="line">{event.model ?? event.unit ?? typeLabel(event.type)}</span>
        <span class="line second">{who.map((field) => valueLabel(field, event[field.property])).join(' · ') || '—'}</span>
      </td>
      <td class="number">
        <span class="line">
          <Cost cost={event.cost} />
        </span>
        <span class="line second">{other ?? `${input} → ${output}`}</span>
      </td>
      <td class="number">
        <span class="line">
          <Time at={event.occurredAt} isShort />
        </span>
        <span class="line second">
          <Outcome event={event} />
        </span>
      </td>
    </>
  );
}
