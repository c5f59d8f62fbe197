// One table of usage by a property; a click on a row looks at it alone, a click on a head orders all.

import { grouped, placesOf } from '../amount.js';
import { narrowTo, setMeasure } from '../analytics-query.js';
import { thousandCost } from '../breakdown.js';
import { layout } from '../layout.js';
import { amountOf, changeOf, knownPart, MEASURES, percent, told } from '../measure.js';
import { Unknown } from './amount.jsx';
import { Money } from './money.jsx';
import { Sparkline } from './sparkline.jsx';

export function BreakdownTable({ breakdown, rows, measure }) {
  const Table = layout.value === 'narrow' ? NarrowTable : WideTable;
  return <Table breakdown={breakdown} rows={rows} measure={measure} />;
}

/** Those that tell most stay where there is little room. */
const COLUMNS = {
  models: ['cost', 'thousand', 'tokens', 'events', 'errors'],
  features: ['cost', 'tokens', 'events', 'users', 'customers', 'newUsers', 'trend'],
  customers: ['cost', 'tokens', 'events', 'errors'],
  users: ['cost', 'tokens', 'events', 'errors'],
};

const HEADS = {
  thousand: { label: 'Cost / 1K', title: 'Dollars for a thousand events' },
  users: { label: 'Users', title: 'Different users in this range' },
  customers: { label: 'Customers', title: 'Different customers in this range' },
  newUsers: { label: 'New users', title: 'Users whose first event ever with this feature lies in this range' },
  trend: { label: 'Users over time' },
};

function WideTable({ breakdown, rows, measure }) {
  const { id, title } = breakdown;
  const columns = COLUMNS[id];
  const places = Math.max(2, ...rows.map(({ totals }) => placesOf(totals.cost)));
  return (
    <div class="table-scroller">
      <table class="lines groups">
        <thead>
          <tr>
            <th scope="col">{title.slice(0, -1)}</th>
            <th scope="col" class="share-head" colSpan={2} title={`Part of the whole range’s ${measure.label.toLowerCase()}`}>
              Share
            </th>
            <th scope="col" class="number" title={`${measure.label} against the range before`}>
              Change
            </th>
            {columns.map((name) => (
              <Head key={name} name={name} measure={measure} />
            ))}
          </tr>
        </thead>
        <tbody onClick={(event) => pick(event, rows)}>
          {rows.map((row, place) => (
            <tr key={keyOf(row)} class={row.values ? 'group' : 'rest'} data-place={place} data-testid="group">
              <Name row={row} />
              <td class="number">{percent(row.share)}</td>
              <td class="share">
                <i style={{ width: `${row.share * 100}%` }} />
              </td>
              <td class="number change" title={`from ${told(measure, amountOf(measure, row.previous))}`}>
                {changeOf(amountOf(measure, row.totals), amountOf(measure, row.previous))}
              </td>
              {columns.map((name) => (
                <Cell key={name} name={name} row={row} places={places} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ name, measure }) {
  const own = MEASURES.find(({ id }) => id === name);
  if (!own) {
    const { label, title } = HEADS[name];
    return (
      <th scope="col" class={name === 'trend' ? '' : 'number'} title={title}>
        {label}
      </th>
    );
  }
  const isChosen = own.id === measure.id;
  return (
    <th scope="col" class="number" aria-sort={isChosen ? 'descending' : undefined}>
      <button type="button" class="order" onClick={() => setMeasure(own.id)} title={`Order by ${own.label.toLowerCase()}`}>
        {own.label}
        {isChosen && <span aria-hidden="true"> ↓</span>}
      </button>
    </th>
  );
}

function Cell({ name, row, places }) {
  const { totals, adoption } = row;
  switch (name) {
    case 'cost':
      return (
        <td class="number">
          <Dollars amount={totals.cost} totals={totals} places={places} />
        </td>
      );
    case 'thousand':
      return (
        <td class="number">
          <Dollars amount={thousandCost(totals)} totals={totals} places={6} />
        </td>
      );
    case 'trend':
      return <td class="trend">{adoption && <Sparkline amounts={adoption.points.map(({ users }) => Number(users))} />}</td>;
    case 'users':
    case 'customers':
    case 'newUsers':
      return <td class="number">{adoption && grouped(adoption[name])}</td>;
    default:
      return <td class="number">{grouped(MEASURES.find(({ id }) => id === name).of(totals))}</td>;
  }
}

function NarrowTable({ breakdown: { id, title }, rows, measure }) {
  const places = Math.max(2, ...rows.map(({ totals }) => placesOf(totals.cost)));
  return (
    <table class="lines groups narrow">
      <thead>
        <tr>
          <th scope="col">{title.slice(0, -1)}</th>
          <th scope="col" class="number">
            {measure.label}, share
          </th>
        </tr>
      </thead>
      <tbody onClick={(event) => pick(event, rows)}>
        {rows.map((row, place) => (
          <tr key={keyOf(row)} class={row.values ? 'group' : 'rest'} data-place={place} data-testid="group">
            <Name row={row}>
              <span class="line second">{narrowSecond(id, row, measure)}</span>
            </Name>
            <td class="number">
              <span class="line">{measure.id === 'cost' ? <Dollars amount={row.totals.cost} totals={row.totals} places={places} /> : grouped(measure.of(row.totals))}</span>
              <span class="line second">
                {percent(row.share)} <span class="change">{changeOf(amountOf(measure, row.totals), amountOf(measure, row.previous))}</span>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What a phone has room for besides the measure. */
function narrowSecond(id, { totals, adoption }, measure) {
  if (id === 'features' && adoption) return `${many(adoption.users, 'user')}, ${grouped(adoption.newUsers)} new`;
  if (id === 'models' && thousandCost(totals) !== null) return `$${Number(thousandCost(totals)).toFixed(2)} / 1K events`;
  return measure.id === 'events' ? many(totals.usage.totalTokens, 'token') : many(totals.events, 'event');
}

function many(count, noun) {
  return `${grouped(count)} ${noun}${count === '1' ? '' : 's'}`;
}

/** The keyboard picks a row by its name; the rest together cannot be picked. */
function Name({ row, children }) {
  const { label, second, values } = row;
  const name = (
    <>
      {label}
      {second && <span class="of"> {second}</span>}
    </>
  );
  return (
    <th scope="row" class="name">
      {values ? (
        <button type="button" class="pick" title={`Only ${label}`}>
          {name}
        </button>
      ) : (
        <span class="rest-name">{name}</span>
      )}
      {children}
    </th>
  );
}

/** What of a cost is known. */
function Dollars({ amount, totals, places }) {
  const known = knownPart(totals);
  if (known === 'none' || amount === null) return <Unknown />;
  return (
    <>
      {known === 'part' && (
        <span class="sign" title={`At least this much: ${grouped(totals.unpricedEvents)} of ${grouped(totals.events)} events have no price in full`}>
          ≥{' '}
        </span>
      )}
      <Money amount={amount} places={places} />
    </>
  );
}

function keyOf(row) {
  return row.values ? JSON.stringify(row.values) : 'other';
}

function pick(event, rows) {
  const row = rows[event.target.closest('tr')?.dataset.place];
  // Dragging over a text selects it; that is no click on the row.
  if (row?.values && !String(getSelection())) narrowTo(row.values);
}
