// Prices over time as steps. The numbers stand in the table below: this shows when they moved, and how far.

import { useEffect, useRef, useState } from 'preact/hooks';
import { exactDollars } from '../amount.js';
import { serverNow } from '../graphql.js';
import { dayLabel } from '../instant.js';
import { baseRate, byMillion } from '../price.js';
import { levelsOf, stepsOf } from '../price-steps.js';

const HEIGHT = 132;
const TOP = 14;
const BOTTOM = 22;
/** Room for the labels of the last levels. */
const RIGHT = 118;
/** Labels nearer to each other than this would touch. */
const DATE_GAP = 84;
const LEVEL_GAP = 15;

export function StepChart({ prices }) {
  const now = serverNow();
  const steps = stepsOf(prices, now);
  if (!steps) return null;
  return <Chart steps={steps} now={now} />;
}

function Chart({ steps, now }) {
  const element = useRef(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const resize = new ResizeObserver(([entry]) => setWidth(entry.contentRect.width));
    resize.observe(element.current);
    return () => resize.disconnect();
  }, []);
  return (
    <div class="chart" ref={element}>
      {width > 0 && <Drawing steps={steps} width={width} now={now} />}
    </div>
  );
}

function Drawing({ steps, width, now }) {
  const { spans, start, end, units } = steps;
  const highest = Math.max(...spans.flatMap((span) => units.flatMap((unit) => levelsOf(span, unit)))) || 1;
  const x = (at) => ((at - start) / (end - start)) * (width - RIGHT);
  const y = (level) => HEIGHT - BOTTOM - (level / highest) * (HEIGHT - BOTTOM - TOP);
  const floor = HEIGHT - BOTTOM;
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={spoken(steps)}>
      <path class="axis" d={`M0 ${floor}H${width - RIGHT}`} />
      <path class="own" d={spans.map((span) => (span.isOwn ? `M${x(span.from)} ${floor}H${x(span.to)}` : '')).join('')} />
      <Dates steps={steps} now={now} x={x} />
      {now < end && <path class="now" d={`M${x(now)} ${TOP - 8}V${floor}`} />}
      {units.map((unit, index) => (
        <path key={unit} class={`line line-${index}`} d={pathOf(spans, unit, x, y)} />
      ))}
      <Levels steps={steps} x={width - RIGHT + 8} y={y} />
      {spans.map((span) => (
        <rect key={span.from} class="span" x={x(span.from)} y="0" width={x(span.to) - x(span.from)} height={floor}>
          <title>{spanTitle(span, steps)}</title>
        </rect>
      ))}
    </svg>
  );
}

/** A level for each span, or one for each part of the day; joined where there is one on both sides. */
function pathOf(spans, unit, x, y) {
  let path = '';
  let before = null;
  for (const span of spans) {
    const levels = levelsOf(span, unit);
    const joins = before?.to === span.from && before.levels.length === 1 && levels.length === 1;
    for (const level of levels) path += `${joins ? 'L' : 'M'}${x(span.from)} ${y(level)}H${x(span.to)}`;
    before = { to: span.to, levels };
  }
  return path;
}

/** The last levels, by name. */
function Levels({ steps, x, y }) {
  const last = steps.spans[steps.spans.length - 1];
  const labels = steps.units
    .flatMap((unit, index) => last.prices.map((price) => ({ index, unit, rate: baseRate(price, unit) })))
    .filter(({ rate }) => rate)
    .map((label) => ({ ...label, at: y(Number(byMillion(label.rate))) }))
    .sort((one, other) => one.at - other.at);
  // Parts of the day may cost the same.
  const words = new Map(labels.map((label) => [wordOf(label, steps.units), label]));
  let free = 0;
  return [...words].map(([word, { index, at }]) => {
    const place = Math.max(at + 4, free);
    free = place + LEVEL_GAP;
    return (
      <text key={word} class={`level-${index}`} x={x} y={place}>
        {word}
      </text>
    );
  });
}

/** `input $2.50`; the amount alone where one unit is drawn. */
function wordOf({ unit, rate }, units) {
  const amount = exactDollars(byMillionOrQuoted(rate));
  return units.length > 1 ? `${unit.replace('_tokens', '')} ${amount}` : amount;
}

/** Tokens by the million, anything else as it is quoted. */
function byMillionOrQuoted(rate) {
  return rate.unit.endsWith('_tokens') ? byMillion(rate) : rate.amount;
}

function Dates({ steps, now, x }) {
  let free = 0;
  const starts = steps.spans.map((span) => span.from).filter((from) => from !== steps.start);
  const edges = [...starts, now].sort((one, other) => one - other);
  return edges.map((edge) => {
    const place = x(edge);
    const hasRoom = place >= free;
    if (hasRoom) free = place + DATE_GAP;
    return (
      <g key={edge}>
        <path class="axis" d={`M${place} ${HEIGHT - BOTTOM}v4`} />
        {hasRoom && (
          <text class="date" x={place} y={HEIGHT - 6}>
            {edge === now ? 'now' : dayLabel(edge)}
          </text>
        )}
      </g>
    );
  });
}

function spanTitle(span, { start, end, units }) {
  const from = span.from === start ? 'before' : `from ${dayLabel(span.from)}`;
  const to = span.to === end ? 'on' : `to ${dayLabel(span.to)}`;
  const amounts = units.map((unit) => `${unit} ${amountsOf(span, unit)}`);
  return [`${from} ${to}${span.isOwn ? ', override' : ''}`, ...amounts].join('\n');
}

function amountsOf(span, unit) {
  const rates = span.prices.map((price) => baseRate(price, unit)).filter(Boolean);
  return rates.map((rate) => exactDollars(byMillionOrQuoted(rate))).join(' or ') || 'no rate';
}

function spoken(steps) {
  return `Price over time, ${steps.spans.length} steps; the table below has the numbers.`;
}
