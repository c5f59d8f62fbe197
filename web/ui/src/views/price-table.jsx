// The list of prices; further pages come as one nears its end.

import { untracked, useSignal, useSignalEffect } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { layout } from '../layout.js';
import { COLUMNS } from '../price.js';
import { entries, extend, extending, hasMore, isCurrent, list, openSubject } from '../price-list.js';
import { isEverything, want } from '../prices-query.js';
import { Failure } from './failure.jsx';
import { NoPrices } from './no-prices.jsx';
import { PriceDetail } from './price-detail.jsx';
import { PriceRow } from './price-row.jsx';
import { Skeleton } from './skeleton.jsx';

/** How far below the view the next page is asked for. */
const AHEAD = '800px';

export function PriceTable() {
  return (
    <>
      <Found />
      <Prices />
    </>
  );
}

function Prices() {
  if (!isCurrent.value) {
    if (list.problem.value) return <Failure what="The prices" problem={list.problem.value} onRetry={() => list.run()} />;
    if (!list.value.value) return <Skeleton what="prices" />;
  }
  if (!entries.value.length) return <NoPrices />;
  const isNarrow = layout.value === 'narrow';
  const heads = isNarrow ? NARROW : HEADS;
  return (
    <>
      <table class={`prices ${layout.value}`} aria-busy={!isCurrent.value}>
        <caption class="unseen">Prices that hold now, in US dollars</caption>
        <colgroup>
          {heads.map(({ slug }) => (
            <col key={slug} class={`col-${slug}`} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {heads.map(({ slug, label, isMoney }) => (
              <th key={slug} scope="col" class={isMoney ? 'number' : ''}>
                {label}
                {isMoney && <span class="per"> / 1M</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody onClick={onClick} onKeyDown={onKeyDown}>
          {entries.value.map(({ subject, prices }) => {
            const isOpen = subject === openSubject.value;
            return (
              <Fragment key={subject}>
                <PriceRow subject={subject} prices={prices} isOpen={isOpen} isNarrow={isNarrow} />
                {isOpen && (
                  <tr class="detail-row">
                    <td colSpan={heads.length}>
                      <PriceDetail prices={prices} />
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
      <End />
    </>
  );
}

const HEADS = [
  { slug: 'opener', label: <span class="unseen">Details</span> },
  { slug: 'model', label: 'Model or unit' },
  { slug: 'provider', label: 'Provider' },
  ...COLUMNS.map(({ label }) => ({ slug: label.toLowerCase().replace(' ', '-'), label, isMoney: true })),
  { slug: 'marks', label: 'Also' },
];
const NARROW = [
  { slug: 'model', label: 'Model, provider' },
  { slug: 'money', label: 'Input, output', isMoney: true },
];

/** What a screen reader hears of a search. */
function Found() {
  const count = entries.value.length;
  return (
    <p class="unseen" role="status">
      {!isEverything.value && isCurrent.value && `${count}${hasMore.value ? ' or more' : ''} found`}
    </p>
  );
}

function End() {
  const element = useRef(null);
  const isNear = useSignal(false);
  useEffect(() => {
    const options = { root: element.current.closest('.scroller'), rootMargin: AHEAD };
    const watch = new IntersectionObserver(([entry]) => (isNear.value = entry.isIntersecting), options);
    watch.observe(element.current);
    return () => watch.disconnect();
  }, []);
  useSignalEffect(() => {
    if (isNear.value && hasMore.value && !extending.value) untracked(extend);
  });
  return (
    <p class="end-note" ref={element}>
      {hasMore.value ? 'Loading more prices…' : 'No more prices'}
    </p>
  );
}

function onClick(event) {
  const row = event.target.closest('tr.price');
  // Dragging over a text selects it; that is no click on the row.
  if (!row || String(getSelection())) return;
  const { provider } = event.target.closest('[data-provider]')?.dataset ?? {};
  if (provider) want({ provider });
  else openSubject.value = openSubject.value === row.dataset.subject ? null : row.dataset.subject;
}

/** Arrows go from row to row, Escape closes the one that is open. */
function onKeyDown(event) {
  if (event.key === 'Escape' && openSubject.value !== null) {
    event.currentTarget.querySelector('tr.price.open .opener button')?.focus();
    openSubject.value = null;
    return;
  }
  const row = event.target.closest('tr.price');
  if (!row || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
  const rows = [...event.currentTarget.querySelectorAll('tr.price')];
  const next = rows[rows.indexOf(row) + (event.key === 'ArrowDown' ? 1 : -1)];
  next?.querySelector('.opener button')?.focus();
  event.preventDefault();
}
