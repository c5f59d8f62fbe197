// The chart of the timeline: moved over by pointer or keys, drawn over to look closer.

import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { comparing, shape, zoom } from '../analytics-query.js';
import { Chart, frameOf } from '../chart.js';
import { changeBetween, inFull } from '../measure.js';
import { theme } from '../theme.js';
import { pointLabel } from '../timeline.js';
import { PointTip } from './point-tip.jsx';

const HEIGHT = 248;

export function TimelineChart({ shown }) {
  const element = useRef(null);
  const chart = useRef(null);
  /** `{place, left}`; null where nobody is on a point. */
  const spot = useSignal(null);
  const drawn = { ...shown, isStacked: shape.value === 'stacked' || !shown.series.length, isComparing: comparing.value };
  const latest = useRef(drawn);
  latest.current = drawn;
  const frame = `${frameOf(drawn)} ${theme.value}`;

  useLayoutEffect(() => {
    const size = () => ({ width: element.current.clientWidth, height: HEIGHT });
    chart.current = new Chart(element.current, latest.current, size(), {
      onPoint: (place, left) => (spot.value = place === null ? null : { place, left }),
      onSpan: (first, last) => look(latest.current.points, first, last),
    });
    const watch = new ResizeObserver(() => chart.current.resize(size()));
    watch.observe(element.current);
    return () => {
      watch.disconnect();
      chart.current.destroy();
      spot.value = null;
    };
  }, [frame]);
  useEffect(() => chart.current.update(drawn), [shown]);

  const place = spot.value && Math.min(spot.value.place, shown.points.length - 1);
  function onKeyDown(event) {
    const last = shown.points.length - 1;
    const to = { ArrowLeft: (place ?? last + 1) - 1, ArrowRight: (place ?? -1) + 1, Home: 0, End: last }[event.key];
    if (to !== undefined) chart.current.point(Math.min(last, Math.max(0, to)));
    else if (event.key === 'Escape') chart.current.point(null);
    else if (event.key === 'Enter' && place !== null) look(shown.points, place, place);
    else return;
    event.preventDefault();
  }

  return (
    <div
      class="timeline-chart"
      role="slider"
      tabIndex={0}
      aria-label={`${shown.asked.measure.label} over time: arrow keys go from point to point, Enter looks closer`}
      aria-valuemin={1}
      aria-valuemax={shown.points.length}
      aria-valuenow={(place ?? 0) + 1}
      aria-valuetext={place === null ? 'No point chosen' : spoken(shown, place)}
      onKeyDown={onKeyDown}
      onBlur={() => chart.current.point(null)}
    >
      <div class="canvas" ref={element} />
      {place !== null && <PointTip shown={shown} place={place} left={spot.value.left} width={element.current.clientWidth} />}
    </div>
  );
}

/** From the first point's beginning to the last one's end. */
function look(points, first, last) {
  zoom(points[first].start, points[last].end);
}

function spoken({ points, series, asked }, place) {
  const point = points[place];
  const say = (amount) => inFull(asked.measure, amount);
  const change = point.previous && changeBetween(point.total, point.previous);
  return [
    `${pointLabel(point, asked)}: ${say(point.total)}`,
    point.isSpike && 'a spike',
    change && `${change} from the range before`,
    ...series.map(({ label }, at) => point.parts[at].amount !== '0' && `${label} ${say(point.parts[at].amount)}`),
  ]
    .filter(Boolean)
    .join(', ');
}
