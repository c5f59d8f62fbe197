// The figures that an insight's formula uses, in columns of aligned numbers.

import { grouped, placesOf, trimmed } from '../amount.js';
import { Unknown } from './amount.jsx';
import { Money } from './money.jsx';

/** Units that the figure's name says already, or that go without saying. */
const SILENT = ['events', 'tokens', 'images', 'days', 'models'];

export function Figures({ numbers }) {
  const dollars = numbers.filter(({ value, unit }) => unit === 'USD' && value !== null);
  const places = Math.max(2, ...dollars.map(({ value }) => placesOf(value)));
  return (
    <dl class="counts figures" style={{ '--rows': Math.ceil(numbers.length / 2) }}>
      {numbers.map(({ name, value, unit }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Figure value={value} unit={unit} places={places} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Figure({ value, unit, places }) {
  if (value === null) return <Unknown />;
  if (unit === 'USD') return <Money amount={value} places={places} />;
  if (unit.startsWith('USD ')) {
    return (
      <>
        <Money amount={value} />
        <span class="per"> {unit.slice(4)}</span>
      </>
    );
  }
  return (
    <>
      {grouped(trimmed(value))}
      {!SILENT.includes(unit) && <span class="per"> {unit}</span>}
    </>
  );
}
