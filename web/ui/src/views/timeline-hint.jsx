// How one looks closer at the timeline, and what is selected to be looked at.

import { sum } from '../amount.js';
import { outer } from '../analytics-query.js';
import { narrow } from '../layout.js';
import { told } from '../measure.js';
import { isKeyed, selectedAmong } from '../point-cursor.js';
import { spanOf } from '../zone.js';

/** The element that tells the chart's keys. */
export const KEYS_ID = 'timeline-keys';

export function TimelineHint({ shown }) {
  const keys = `Arrows go from point to point, Shift and arrows select, Enter looks closer, Escape clears${outer.value ? ', minus zooms out' : ''}`;
  const drag = narrow.value ? '' : 'Drag over the chart to look closer';
  const span = selectedAmong(shown.points.length);
  return (
    <span class="hint">
      <span id={KEYS_ID} hidden>
        {keys}
      </span>
      <span role="status" data-testid="selected">
        {span && selection(shown, span)}
      </span>
      {!span && <span>{isKeyed.value ? keys : drag}</span>}
    </span>
  );
}

/** `Mar 2 – Mar 4 selected: $11.00. Enter looks closer, Escape clears`. */
function selection({ points, asked }, [first, last]) {
  const chosen = points.slice(first, last + 1);
  const when = spanOf(points[first].start, points[last].end, asked.zone);
  return `${when} selected: ${told(asked.measure, sumOf(chosen.map(({ total }) => total)))}. Enter looks closer, Escape clears`;
}

function sumOf(totals) {
  const knowns = new Set(totals.filter(({ amount, known }) => known !== 'all' || amount !== '0').map(({ known }) => known));
  const known = knowns.size > 1 ? 'part' : ([...knowns][0] ?? 'all');
  return { amount: sum(totals.map(({ amount }) => amount)), known };
}
