// The table of events. Only the rows in view are in the page; the space of the others is left.

import { signal, untracked, useComputed, useSignalEffect } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { extend, extending, live, moved, reload } from '../activity.js';
import { filter, setFilter } from '../activity-query.js';
import { fieldNamed, withValue } from '../filter.js';
import { layout, narrow, rowHeight } from '../layout.js';
import { rate } from '../rate.js';
import { rows, version } from '../rows.js';
import { activeId, firstShown, openId, pressed, scrolled, scroller, toggleOpen } from '../selection.js';
import { focusWanted } from '../shortcuts.js';
import { EventDetail } from './event-detail.jsx';
import { EventRow } from './event-row.jsx';

const OVERSCAN = 6;
/** Rows from an end at which the next page is asked for. */
const AHEAD = 30;
const FRESH_MS = 1500;
/** Above this rate a light for each new row would be a flicker. */
const CALM_PER_SECOND = 15;

const ALL = ['', 'Time', 'Type', 'Customer', 'User', 'Feature', 'Provider', 'Model', 'Tokens in', 'Tokens out', 'Cost', 'Took', 'Outcome'];
const COLUMNS = {
  wide: ALL,
  middling: ALL.filter((name) => name !== 'Type' && name !== 'Took'),
  narrow: ['Model, customer', 'Cost, tokens', 'Time, outcome'],
};
const NUMBERS = ['Tokens in', 'Tokens out', 'Cost', 'Took', 'Cost, tokens', 'Time, outcome'];

/** Where one looks: the scroll position, the height of the view and of an open row's detail, in px. */
const top = signal(0);
const height = signal(800);
const detailHeight = signal(0);

export function EventTable() {
  const element = useRef(null);
  const view = useComputed(shown);
  useEffect(() => measure(element.current), []);
  useLayoutEffect(keepPlace);
  useSignalEffect(() => {
    const id = focusWanted.value;
    untracked(() => reveal(id));
  });
  useSignalEffect(() => {
    const place = view.value;
    if (!extending.value) untracked(() => readAhead(place));
  });

  const { first, last, before, after } = view.value;
  const all = rows.rows;
  const columns = COLUMNS[layout.value];
  const tabStop = activeId.value ?? all[first]?.id;
  const calm = rate.peek() < CALM_PER_SECOND;
  const now = Date.now();
  firstShown.current = view.value.visible;
  return (
    <div class="scroller" ref={element} onScroll={onScroll} data-testid="scroller">
      <table class={`events ${layout.value}`}>
        <caption class="unseen">Usage events, newest first</caption>
        <colgroup>
          {columns.map((name) => (
            <col key={name} class={`col-${slug(name)}`} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col" class={NUMBERS.includes(name) ? 'number' : ''}>
                {name || <span class="unseen">Details</span>}
              </th>
            ))}
          </tr>
        </thead>
        <Space height={before} span={columns.length} />
        <tbody
          onClick={onClick}
          onPointerDown={() => (pressed.value = true)}
          onFocusIn={(event) => onFocus(event, true)}
          onFocusOut={(event) => onFocus(event, false)}
        >
          {all.slice(first, last).map((row) => {
            const isOpen = row.id === openId.value;
            // One shape whether open or not: a row that was put elsewhere would lose the focus.
            return (
              <Fragment key={row.id}>
                <EventRow
                  row={row}
                  isOpen={isOpen}
                  isActive={row.id === activeId.value}
                  isTabStop={row.id === tabStop}
                  isFresh={calm && now - row.arrived < FRESH_MS}
                  layout={layout.value}
                />
                {isOpen && (
                  <tr class="detail-row">
                    <td colSpan={columns.length}>
                      <EventDetail id={row.id} onHeight={(px) => (detailHeight.value = px)} />
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
        <Space height={after} span={columns.length} />
      </table>
      <End />
    </div>
  );
}

function Space({ height, span }) {
  if (!height) return null;
  return (
    <tbody aria-hidden="true">
      <tr class="space-row">
        <td colSpan={span} style={{ height: `${height}px` }} />
      </tr>
    </tbody>
  );
}

function End() {
  void version.value;
  if (extending.value === 'older' || rows.hasOlder) return <p class="end-note">Loading older events…</p>;
  return <p class="end-note">{live.value ? 'No older events' : 'No more events in this range'}</p>;
}

/** Which rows are in the page, and the space above and below them. */
function shown() {
  void version.value;
  const unit = rowHeight.value;
  const count = rows.rows.length;
  const openIndex = rows.indexOf(openId.value);
  const extra = openIndex < 0 ? 0 : detailHeight.value;
  const y = top.value - rows.above * unit;
  const rowAt = (px) => {
    const plain = Math.floor(px / unit);
    return openIndex < 0 || plain <= openIndex ? plain : Math.max(openIndex, Math.floor((px - extra) / unit));
  };
  const clamp = (index) => Math.min(count, Math.max(0, index));
  const first = clamp(rowAt(y) - OVERSCAN);
  const last = clamp(rowAt(y + height.value) + 1 + OVERSCAN);
  return {
    y,
    visible: clamp(rowAt(y)),
    first,
    last,
    before: (rows.above + first) * unit + (openIndex >= 0 && openIndex < first ? extra : 0),
    after: (count - last) * unit + (openIndex >= last ? extra : 0),
  };
}

function measure(element) {
  scroller.current = element;
  const resize = new ResizeObserver(() => (height.value = element.clientHeight));
  resize.observe(element);
  const lift = () => requestAnimationFrame(() => (pressed.value = false));
  document.addEventListener('pointerup', lift);
  document.addEventListener('pointercancel', lift);
  return () => {
    scroller.current = null;
    top.value = 0;
    scrolled.value = pressed.value = false;
    resize.disconnect();
    document.removeEventListener('pointerup', lift);
    document.removeEventListener('pointercancel', lift);
  };
}

function onScroll(event) {
  top.value = event.currentTarget.scrollTop;
  scrolled.value = top.value > 2;
}

/** Rows that came in above what is being read must not move it. */
function keepPlace() {
  if (!moved.value || !scroller.current) return;
  scroller.current.scrollTop += moved.value * rowHeight.value;
  moved.value = 0;
}

function readAhead({ y, first, last }) {
  if (rows.hasOlder && last > rows.rows.length - AHEAD) extend('older');
  if (!rows.hasNewer) return;
  // Far above what is here, as after the Home key: the newest page is what one wants.
  if (y < -2 * height.value) reload();
  else if (first < AHEAD) extend('newer');
}

/** Brings a row into view and focuses it, once it is in the page. */
function reveal(id) {
  const element = scroller.current;
  if (!id || !element) return;
  const index = rows.indexOf(id);
  const unit = rowHeight.value;
  const openIndex = rows.indexOf(openId.value);
  const from = (rows.above + index) * unit + (openIndex >= 0 && openIndex < index ? detailHeight.value : 0);
  const room = element.clientHeight - element.querySelector('thead').offsetHeight;
  if (from < element.scrollTop) element.scrollTop = from;
  else if (from + unit > element.scrollTop + room) element.scrollTop = from + unit - room;
  top.value = element.scrollTop;
  requestAnimationFrame(() => {
    element.querySelector(`tr.event[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
    focusWanted.value = null;
  });
}

function onFocus(event, isIn) {
  const row = event.target.closest('tr.event');
  if (isIn && row) activeId.value = row.dataset.id;
  else if (!isIn && !event.currentTarget.contains(event.relatedTarget)) activeId.value = null;
}

function onClick(event) {
  const line = event.target.closest('tr.event');
  if (!line) return;
  const chosen = event.target.closest('[data-filter]');
  const row = rows.get(line.dataset.id);
  if (chosen && row && !narrow.value) {
    const { name, property } = fieldNamed(chosen.dataset.filter);
    setFilter(withValue(filter.value, name, row.event[property]));
    return;
  }
  // Dragging over a text selects it; that is no click on the row.
  if (String(getSelection())) return;
  toggleOpen(line.dataset.id);
  // A pointer leaves no focus behind: the rows would stay held back after the row is closed.
  if (event.detail && line.contains(document.activeElement)) document.activeElement.blur();
}

function slug(name) {
  return name.toLowerCase().replace(/\W+/g, '-') || 'opener';
}
