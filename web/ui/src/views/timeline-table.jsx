// The timeline's exact numbers, the newest first.

import { placesOf } from '../amount.js';
import { changeOf } from '../measure.js';
import { pointLabel } from '../timeline.js';
import { Amount } from './amount.jsx';

export function TimelineTable({ shown }) {
  const { points, series, asked } = shown;
  const { measure } = asked;
  const begun = points.filter((point) => !point.isFuture).reverse();
  const places = Math.max(2, ...begun.flatMap((point) => [point.total, ...point.parts]).map(({ amount }) => placesOf(amount)));
  const amount = (of) => <Amount measure={measure} amount={of.amount} known={of.known} places={places} />;
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
              <td class="number">{amount(point.total)}</td>
              <td class="number change">{point.previous !== null && changeOf(point.total, point.previous)}</td>
              <td class="number past">{point.previous !== null && amount(point.previous)}</td>
              {point.parts.map((part, at) => (
                <td key={series[at].colour} class="number">
                  {part.isSpike && <span class="spike">▲ </span>}
                  {amount(part)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
