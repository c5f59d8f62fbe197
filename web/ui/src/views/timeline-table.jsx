// The timeline's exact numbers, the newest first.

import { placesOf } from '../amount.js';
import { changeBetween } from '../measure.js';
import { pointLabel } from '../timeline.js';
import { Amount } from './amount.jsx';

export function TimelineTable({ shown }) {
  const { points, series, asked } = shown;
  const { measure } = asked;
  const begun = points.filter((point) => !point.isFuture).reverse();
  const places = Math.max(2, ...begun.flatMap((point) => [point.total, ...point.parts.map(({ amount }) => amount)]).map(placesOf));
  const amount = (text) => <Amount measure={measure} amount={text} places={places} />;
  return (
    <div class="table-scroller" tabIndex={0} role="region" aria-label={`${measure.label} over time, numbers`}>
      <table class="lines">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col" class="number">
              {measure.label}
            </th>
            <th scope="col" class="number">
              Change
            </th>
            <th scope="col" class="number">
              Range before
            </th>
            {series.map(({ label, colour }) => (
              <th key={colour} scope="col" class="number">
                <i class={`swatch ink-${colour}`} /> {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {begun.map((point) => (
            <tr key={point.start} data-testid="point">
              <th scope="row">
                {pointLabel(point, asked)}
                {point.isSpike && <span class="spike"> ▲ spike</span>}
              </th>
              <td class="number">
                {!point.isKnown && (
                  <span class="sign" title="At least this much: not every event has a price">
                    ≥{' '}
                  </span>
                )}
                {amount(point.total)}
              </td>
              <td class="number change">{point.previous !== null && changeBetween(point.total, point.previous)}</td>
              <td class="number past">{point.previous !== null && amount(point.previous)}</td>
              {point.parts.map((part, at) => (
                <td key={series[at].colour} class="number">
                  {part.isSpike && <span class="spike">▲ </span>}
                  {amount(part.amount)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
