// The chart of the timeline: moved over by pointer or keys, drawn over to look closer.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { comparing, outer, shape, zoom, zoomOut } from '../analytics-query.js';
import { Chart, frameOf } from '../chart.js';
import { changeOf, told } from '../measure.js';
import { extendTo, isKeyed, leavePoints, placeAfter, selectedAmong, span, spot } from '../point-cursor.js';
import { theme } from '../theme.js';
import { pointLabel } from '../timeline.js';
import { spanOf } from '../zone.js';
import { PointTip } from './point-tip.jsx';
import { KEYS_ID } from './timeline-hint.jsx';

const HEIGHT = 248;

export function TimelineChart({ shown }) {
  const element = useRef(null);
  const chart = useRef(null);
  const drawn = { ...shown, isStacked: shape.value === 'stacked' || !shown.series.length, isComparing: comparing.value };
  const latest = useRef(drawn);
  latest.current = drawn;
  const chosen = selectedAmong(shown.points.length);
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
      leavePoints();
    };
  }, [frame]);
  useEffect(() => chart.current.update(drawn), [shown]);
  useEffect(() => chart.current.select(chosen), [chosen, frame]);
  useEffect(() => () => (isKeyed.value = false), []);

  const place = spot.value && Math.min(spot.value.place, shown.points.length - 1);
  function onKeyDown(event) {
    // Of the browser's keys none is taken: with Alt the arrows lead back and forth.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = placeAfter(event.key, shown.points.length);
    if (to !== null) go(to, event.shiftKey);
    else if (event.key === 'Enter') lookCloser();
    else if (event.key === 'Escape' && span.value) span.value = null;
    else if (event.key === 'Escape') chart.current.point(null);
    else if (event.key === '-' && outer.value) zoomOut();
    else return;
    event.preventDefault();
  }

  function go(to, isSelecting) {
    if (isSelecting) extendTo(to);
    else span.value = null;
    chart.current.point(to);
  }

  function lookCloser() {
    span.value = null;
    if (chosen) look(shown.points, ...chosen);
    else if (place !== null) look(shown.points, place, place);
  }

  function leave() {
    isKeyed.value = false;
    span.value = null;
    chart.current.point(null);
  }

  return (
    <div
      class="timeline-chart"
      role="slider"
      tabIndex={0}
      aria-label={`${shown.asked.measure.label} over time`}
      aria-describedby={KEYS_ID}
      aria-valuemin={1}
      aria-valuemax={shown.points.length}
      aria-valuenow={(place ?? 0) + 1}
      aria-valuetext={place === null ? unspoken(shown) : spoken(shown, place)}
      onKeyDown={onKeyDown}
      onFocus={(event) => (isKeyed.value = event.currentTarget.matches(':focus-visible'))}
      onPointerDown={() => (span.value = null)}
      onBlur={leave}
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

/** What is unknown is there, though it adds nothing. */
function isThere({ amount, known }) {
  return amount !== '0' || known !== 'all';
}

/** What there is to go over. */
function unspoken({ points, asked }) {
  return `${spanOf(points[0].start, points[points.length - 1].end, asked.zone)}, no point chosen`;
}

function spoken({ points, series, asked }, place) {
  const point = points[place];
  const say = (amount) => told(asked.measure, amount);
  const change = point.previous && changeOf(point.total, point.previous);
  return [
    `${pointLabel(point, asked)}: ${say(point.total)}`,
    point.isSpike && 'a spike',
    change && `${change} from the range before`,
    ...series.map(({ label }, at) => isThere(point.parts[at]) && `${label} ${say(point.parts[at])}`),
  ]
    .filter(Boolean)
    .join(', ');
}
