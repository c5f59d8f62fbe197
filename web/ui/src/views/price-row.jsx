// The price of one model, or of one custom unit, as a row: by the million, and what is special about it.

import { Component } from 'preact';
import { grouped } from '../amount.js';
import { otherDay } from '../instant.js';
import { baseRate, baseRates, byMillion, COLUMNS, kindOf, nameOf, presentOf } from '../price.js';
import { Chevron } from './icons.jsx';
import { Dollars, perLabel, ShortDollars } from './rate.jsx';

/** Props: `subject`, `prices` (one, or one for each part of the day), `isOpen`, `isNarrow`. Drawn again only when one changes. */
export class PriceRow extends Component {
  shouldComponentUpdate(next) {
    const { prices } = this.props;
    if (next.isOpen !== this.props.isOpen || next.isNarrow !== this.props.isNarrow) return true;
    return next.prices.length !== prices.length || next.prices.some((price, index) => price !== prices[index]);
  }

  render({ subject, prices, isOpen, isNarrow }) {
    const price = presentOf({ prices });
    const Shape = isNarrow ? NarrowCells : Cells;
    return (
      <tr class={isOpen ? 'price open' : 'price'} data-subject={subject}>
        <Shape price={price} marks={marksOf(price, prices)} isOpen={isOpen} />
      </tr>
    );
  }
}

function Cells({ price, marks, isOpen }) {
  return (
    <>
      <td>
        <Opener price={price} isOpen={isOpen} />
      </td>
      <th scope="row" class="name" title={nameOf(price)}>
        {nameOf(price)}
      </th>
      <td class="provider">
        {price.provider && (
          <span class="value" data-provider={price.provider} title={`Only prices of ${price.provider}`}>
            {price.provider}
          </span>
        )}
      </td>
      {COLUMNS.some(({ unit }) => baseRate(price, unit)) ? (
        COLUMNS.map(({ unit }) => <ByMillion key={unit} rate={baseRate(price, unit)} />)
      ) : (
        <td colSpan={COLUMNS.length} class="others">
          <Others price={price} />
        </td>
      )}
      <td class="marks">
        <Marks marks={marks} />
      </td>
    </>
  );
}

function NarrowCells({ price, marks, isOpen }) {
  const [input, output] = COLUMNS.map(({ unit }) => baseRate(price, unit));
  return (
    <>
      <th scope="row">
        <span class="unseen">
          <Opener price={price} isOpen={isOpen} />
        </span>
        <span class="line name">{nameOf(price)}</span>
        <span class="line second">
          {price.provider && <span>{price.provider}</span>} <Marks marks={marks} />
        </span>
      </th>
      <td class="number">
        {input || output ? (
          [input, output].map((rate, index) => (
            <span key={index} class="line">
              {rate ? <ShortDollars amount={byMillion(rate)} /> : <Missing />}
            </span>
          ))
        ) : (
          <Others price={price} isNarrow />
        )}
      </td>
    </>
  );
}

function Opener({ price, isOpen }) {
  return (
    <span class="opener">
      <button type="button" aria-expanded={isOpen} aria-label={`Details of ${nameOf(price)}`}>
        <Chevron />
      </button>
    </span>
  );
}

function ByMillion({ rate }) {
  return <td class="number">{rate ? <ShortDollars amount={byMillion(rate)} /> : <Missing />}</td>;
}

function Missing() {
  return (
    <span class="none pad-2" title="No rate of its own: it costs what the whole costs that it is a part of">
      —
    </span>
  );
}

/** Rates of what is not counted in tokens: the first, and how many more there are. */
function Others({ price, isNarrow = false }) {
  const [first, ...more] = baseRates(price);
  if (!first) return <span class="none">—</span>;
  return (
    <>
      <span class="line">
        <Dollars amount={first.amount} room={isNarrow ? undefined : 0} />
      </span>{' '}
      <span class="line second">
        per {first.per === 1 ? '' : `${perLabel(first.per)} `}
        <code>{first.unit}</code>
        {more.length > 0 && ` and ${more.length} more`}
      </span>
    </>
  );
}

function Marks({ marks }) {
  return marks.map(({ word, title, isOwn }) => (
    <span key={word} class={isOwn ? 'mark own' : 'mark'} title={title}>
      {word}
    </span>
  ));
}

/** What the columns do not show. */
function marksOf(price, prices) {
  const marks = [];
  if (price.source === 'OVERRIDE') marks.push({ word: 'override', title: 'Set in this workspace; it replaces the catalogue’s price', isOwn: true });
  if (price.unit !== null) marks.push({ word: 'custom unit', title: 'Of custom events with this unit' });
  if (price.effectiveTo !== null) {
    const day = otherDay(price.effectiveTo) ?? 'today';
    marks.push({ word: `until ${day}`, title: `It ends at ${price.effectiveTo}` });
  }
  if (prices.length > 1) marks.push({ word: 'hours', title: 'It depends on the hour of the day; this is the price of now' });
  const thresholds = new Set(price.rates.map((rate) => rate.aboveInputTokens).filter(Boolean));
  if (thresholds.size) {
    marks.push({ word: 'tiers', title: `Other rates for requests above ${[...thresholds].map(grouped).join(', ')} input tokens` });
  }
  for (const kind of new Set(price.rates.map(kindOf).filter(Boolean))) {
    marks.push({ word: kind.replace(' tier', ''), title: `Other rates for calls that were run so: ${kind}` });
  }
  return marks;
}
