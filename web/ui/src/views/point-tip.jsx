// What one point of the timeline is made of.

import { isZero } from '../amount.js';
import { changeOf } from '../measure.js';
import { pointLabel } from '../timeline.js';
import { Amount } from './amount.jsx';

/** `left`: where the point is, in a chart so wide (CSS pixels); the tip stands on the side that has room. */
export function PointTip({ shown, place, left, width }) {
  const { points, series, asked } = shown;
  const point = points[place];
  const { measure } = asked;
  const side = left > width / 2 ? { right: `${width - left + 12}px` } : { left: `${left + 12}px` };
  return (
    <div class="tip" style={side} aria-hidden="true" data-testid="tip">
      <p class="tip-when">
        {pointLabel(point, asked)}
        {point.isSpike && <span class="spike"> ▲ spike</span>}
      </p>
      <table>
        <tbody>
          {series.map(({ label, colour }, at) => {
            const { amount, known, isSpike } = point.parts[at];
            if (isZero(amount) && known === 'all') return null;
            return (
              <tr key={colour}>
                <th scope="row">
                  <i class={`swatch ink-${colour}`} /> {label}
                  {isSpike && <span class="spike"> ▲</span>}
                </th>
                <td>
                  <Amount measure={measure} amount={amount} known={known} isRounded />
                </td>
              </tr>
            );
          })}
          <tr class="whole">
            <th scope="row">{measure.label}</th>
            <td>
              <Amount measure={measure} {...point.total} isRounded />
            </td>
          </tr>
          {point.previous !== null && (
            <tr class="past">
              <th scope="row">
                <i class="dashes ink-previous" /> range before
              </th>
              <td>
                <Amount measure={measure} {...point.previous} isRounded /> {changeOf(point.total, point.previous)}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
