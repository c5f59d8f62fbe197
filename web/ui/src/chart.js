// The timeline's drawing, by uPlot: columns or lines, the range before as steps, spikes marked.
//
// Points are of unequal length (a day may have 23 hours, the ends may be clipped), so columns and steps
// are drawn from their own starts and ends; uPlot's x is the middle of each point, in seconds.

import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { short } from './measure.js';
import { ticks } from './timeline.js';

const FONT = '12px system-ui, sans-serif';
const TICK_WIDTH = 76;
const AXIS_WIDTH = 52;
/** Columns wider than this (CSS pixels) have a gap between them. */
const GAPPED = 5;
const DENSE = 120;
/** Half the width of a spike's mark. */
const MARK = 4;

/**
 * @typedef {Object} Drawn
 * @property {import('./timeline.js').Point[]} points
 * @property {{label: string, colour: string}[]} series  none: everything is one
 * @property {{measure, interval, zone}} asked
 * @property {boolean} isStacked
 * @property {boolean} isComparing  whether the range before is drawn
 */

/** What must be made anew when it changes; all else is only other numbers. */
export function frameOf({ points, series, asked, isStacked, isComparing }) {
  const ends = [points[0].start, points[points.length - 1].end, points.length];
  return JSON.stringify([series.map(({ label }) => label), ends, asked.measure.id, asked.zone, isStacked, isComparing]);
}

/**
 * Draws into the element. `onPoint(place, left)`: the pointer or the keyboard is on a point, null where on
 * none; `onSpan(first, last)`: a span of points was drawn over.
 */
export class Chart {
  #drawn;
  #plot;
  #ink;

  constructor(element, drawn, size, { onPoint, onSpan }) {
    this.#drawn = drawn;
    this.#ink = inkOf(element);
    this.#plot = new UPlot(this.#options(size, onPoint, onSpan), dataOf(drawn), element);
  }

  /** Other numbers in the same frame. */
  update(drawn) {
    this.#drawn = drawn;
    this.#plot.setData(dataOf(drawn));
  }

  resize(size) {
    this.#plot.setSize(size);
  }

  /** Puts the cursor on a point; null takes it away. */
  point(place) {
    if (place === null) this.#plot.setCursor({ left: -10, top: -10 });
    else this.#plot.setCursor({ left: this.#plot.valToPos(this.#plot.data[0][place], 'x'), top: 10 });
  }

  /** Shades the points from the first to the last of a span; null shades none. */
  select(span) {
    const [left, right] = span ? [this.#edgeOf(span[0], 'start'), this.#edgeOf(span[1], 'end')] : [0, 0];
    const height = span ? this.#plot.over.clientHeight : 0;
    this.#plot.setSelect({ left, top: 0, width: right - left, height }, false);
  }

  destroy() {
    this.#plot.destroy();
  }

  #options(size, onPoint, onSpan) {
    const { points } = this.#drawn;
    const bounds = [points[0].start / 1000, points[points.length - 1].end / 1000];
    return {
      ...size,
      padding: [14, 8, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 6 },
      },
      scales: {
        x: { time: false, range: () => bounds },
        y: { range: (_, least, most) => [0, most > 0 ? most * 1.06 : 1] },
      },
      axes: [this.#timeAxis(), this.#amountAxis()],
      series: [{}, ...this.#series()],
      hooks: {
        setCursor: [({ cursor }) => onPoint(cursor.left < 0 ? null : (cursor.idx ?? null), cursor.left + AXIS_WIDTH)],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width) onSpan(plot.posToIdx(left), plot.posToIdx(left + width));
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
        draw: [(plot) => this.#markSpikes(plot)],
      },
    };
  }

  #timeAxis() {
    let found = [];
    return {
      size: 28,
      font: FONT,
      stroke: this.#ink.faint,
      grid: { show: false },
      ticks: { stroke: this.#ink.line, size: 5, width: 1 },
      splits: (plot) => {
        found = ticks(this.#drawn.points, this.#drawn.asked, Math.max(2, Math.floor(plot.width / TICK_WIDTH)));
        return found.map(({ start }) => start / 1000);
      },
      values: () => found.map(({ label }) => label),
    };
  }

  #amountAxis() {
    return {
      size: AXIS_WIDTH,
      font: FONT,
      stroke: this.#ink.faint,
      grid: { stroke: this.#ink.line, width: 1 },
      ticks: { show: false },
      values: (_, splits) => splits.map((value) => short(this.#drawn.asked.measure, value)),
    };
  }

  #series() {
    const { series, isStacked, isComparing } = this.#drawn;
    const colours = series.length ? series.map(({ colour }) => colour) : ['0'];
    const drawn = colours.map((colour) => (isStacked ? this.#columns(colour) : this.#line(colour)));
    // The highest column is drawn first, the others over it.
    if (isStacked) drawn.reverse();
    return isComparing ? [...drawn, this.#steps()] : drawn;
  }

  #columns(colour) {
    const paths = (plot, index, first, last) => {
      const fill = new Path2D();
      const floor = plot.valToPos(0, 'y', true);
      for (let place = first; place <= last; place++) {
        const amount = plot.data[index][place];
        if (!amount) continue;
        const [left, right] = this.#edges(plot, place);
        const gap = right - left > GAPPED * devicePixelRatio ? devicePixelRatio : 0;
        const top = plot.valToPos(amount, 'y', true);
        fill.rect(left + gap, top, right - left - gap, floor - top);
      }
      return { fill };
    };
    return { paths, fill: this.#ink[colour], points: { show: false } };
  }

  #line(colour) {
    return { stroke: this.#ink[colour], width: 1.75, points: { show: false, filter: (plot, index) => alone(plot.data[index]) } };
  }

  #steps() {
    const paths = (plot, index, first, last) => {
      const stroke = new Path2D();
      let isJoined = false;
      for (let place = first; place <= last; place++) {
        const amount = plot.data[index][place];
        if (amount === null) {
          isJoined = false;
          continue;
        }
        const [left, right] = this.#edges(plot, place);
        const top = plot.valToPos(amount, 'y', true);
        if (isJoined) stroke.lineTo(left, top);
        else stroke.moveTo(left, top);
        stroke.lineTo(right, top);
        isJoined = true;
      }
      return { stroke };
    };
    // Dashes of many short steps are only noise.
    const look = this.#drawn.points.length > DENSE ? { width: 1 } : { width: 1.25, dash: [4, 3] };
    return { paths, stroke: this.#ink.previous, ...look, points: { show: false } };
  }

  /** In CSS pixels. */
  #edgeOf(place, end) {
    return this.#plot.valToPos(this.#drawn.points[place][end] / 1000, 'x');
  }

  #edges(plot, place) {
    const { start, end } = this.#drawn.points[place];
    return [start, end].map((edge) => plot.valToPos(edge / 1000, 'x', true));
  }

  /** A triangle over each point that stands out. */
  #markSpikes(plot) {
    const { ctx } = plot;
    const size = MARK * devicePixelRatio;
    ctx.save();
    ctx.fillStyle = this.#ink.spike;
    this.#drawn.points.forEach((point, place) => {
      if (!point.isSpike) return;
      const x = plot.valToPos(plot.data[0][place], 'x', true);
      const y = plot.valToPos(heightOf(this.#drawn, point), 'y', true) - size;
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(x - size, y - size * 1.7);
      ctx.lineTo(x + size, y - size * 1.7);
      ctx.fill();
    });
    ctx.restore();
  }
}

/** Columns that are stacked reach up to the whole; lines only to the highest part. */
function heightOf({ series, isStacked }, point) {
  if (isStacked || !series.length) return Number(point.total.amount);
  return Math.max(...point.parts.map(({ amount }) => Number(amount)));
}

function dataOf({ points, series, isStacked, isComparing }) {
  const middles = points.map(({ start, end }) => (start + end) / 2000);
  const whole = points.map((point) => heightAt(point, point.total));
  const parts = series.length ? series.map((_, place) => partOf(points, place)) : [whole];
  const drawn = isStacked ? stacked(parts).reverse() : parts;
  return isComparing ? [middles, ...drawn, points.map(({ previous }) => previous && knownHeight(previous))] : [middles, ...drawn];
}

function partOf(points, place) {
  return points.map((point) => heightAt(point, point.parts[place]));
}

function heightAt({ isFuture }, of) {
  return isFuture ? null : knownHeight(of);
}

/** What is unknown has no place in the drawing: at the bottom it would be taken for nothing. */
function knownHeight({ amount, known }) {
  return known === 'none' ? null : Number(amount);
}

/** The places of amounts that no line reaches. */
function alone(amounts) {
  return amounts.flatMap((amount, place) => (amount !== null && amounts[place - 1] == null && amounts[place + 1] == null ? [place] : []));
}

/** Each with all those before it. */
function stacked(parts) {
  const sums = parts[0].map(() => 0);
  return parts.map((part) => part.map((amount, place) => (amount === null ? null : (sums[place] += amount))));
}

const INKS = ['0', '1', '2', '3', '4', 'other', 'previous', 'spike', 'faint', 'line'];

/** The style sheet's colours, as a canvas understands them. */
function inkOf(element) {
  const probe = document.createElement('i');
  element.append(probe);
  const found = {};
  for (const name of INKS) {
    probe.className = `ink-${name}`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}
