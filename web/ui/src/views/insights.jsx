// The Insights page, put together.

import { useEffect } from 'preact/hooks';
import '../styles/analytics.css';
import '../styles/insights.css';
import { grouped } from '../amount.js';
import { isEmpty } from '../filter.js';
import { TOPICS } from '../insight.js';
import { insights, isCurrent, retry, startInsights } from '../insights.js';
import { choice } from '../insights-query.js';
import { minute } from '../instant.js';
import { Failure } from './failure.jsx';
import { Header } from './header.jsx';
import { Insight } from './insight.jsx';
import { Lazy, loadFirstEvent } from './lazy.jsx';
import { UsageBar } from './usage-bar.jsx';
import { Waiting } from './waiting.jsx';

const LOST = 'The server could not be reached. What is shown may be out of date. Click to try now.';

export function Insights() {
  useEffect(() => {
    const stop = startInsights();
    document.addEventListener('keydown', onKey);
    return () => {
      stop();
      document.removeEventListener('keydown', onKey);
    };
  }, []);
  const { retryAt, value } = insights;
  return (
    <div class="page">
      <a class="skip" href="#insights">
        Skip to the insights
      </a>
      <Header>{retryAt.value && <Waiting at={retryAt.value} title={LOST} onRetry={retry} />}</Header>
      <UsageBar choice={choice} shown={value.value?.range} />
      <main id="insights" tabIndex={-1} aria-label="Insights">
        <h1 class="unseen">Insights</h1>
        <div class="scroller" data-testid="scroller">
          <Report />
        </div>
      </main>
    </div>
  );
}

function Report() {
  const read = insights.value.value;
  const problem = insights.problem.value;
  // What was refused for what it asks is not answered by what was asked before.
  if (problem && (!read || !problem.passes)) return <Failure what="The insights" problem={problem} onRetry={retry} />;
  if (!read) return <Skeleton />;
  return (
    <div class={`usage ${isCurrent.value ? '' : 'old'}`} aria-busy={!isCurrent.value}>
      {read.insights.length ? <List read={read} /> : <Nothing read={read} />}
    </div>
  );
}

function List({ read }) {
  return (
    <>
      <p class="insights-head">
        <b>{read.insights.length}</b> {read.insights.length === 1 ? 'insight' : 'insights'}, the most dollars first. What-ifs reckon with prices of{' '}
        <time dateTime={read.pricedAt}>{minute(read.pricedAt)}</time>; each is about price alone, and they do not add up.
        {read.leftOut > 0 && ` ${grouped(String(read.leftOut))} smaller ones are not shown.`}
        {read.modelsLeftOut > 0 && ` ${grouped(String(read.modelsLeftOut))} models with less cost were not looked at.`}
      </p>
      <ol class="insights">
        {read.insights.map((insight) => (
          <Insight key={keyOf(insight)} insight={insight} />
        ))}
      </ol>
    </>
  );
}

function keyOf({ kind, amountIs, subject }) {
  return JSON.stringify([kind, amountIs, subject]);
}

function Nothing({ read }) {
  if (!read.everUsed) {
    return <Lazy load={loadFirstEvent}>What could be saved, and what stands out, appears here as events are recorded. Record one:</Lazy>;
  }
  if (read.totals.events === '0') {
    const isAll = isEmpty(choice.filter.value);
    return (
      <section class="notice">
        <h2>{isAll ? 'No usage in this range' : 'No event matches'}</h2>
        <p>{isAll ? 'Choose another range.' : 'No event has all of these values in this range.'}</p>
        {!isAll && (
          <button type="button" class="primary" onClick={choice.clearFilter}>
            Clear the filter
          </button>
        )}
        <Topics />
      </section>
    );
  }
  return (
    <section class="notice">
      <h2>Nothing to say of this usage</h2>
      <p>
        {grouped(read.totals.events)} {read.totals.events === '1' ? 'event was' : 'events were'} looked at.
      </p>
      <Topics />
    </section>
  );
}

function Topics() {
  return (
    <div class="topics">
      <p>Here would stand:</p>
      <ul>
        {TOPICS.map((topic) => (
          <li key={topic}>{topic}</li>
        ))}
      </ul>
    </div>
  );
}

function Skeleton() {
  return (
    <div class="insights-skeleton" role="status" aria-label="Loading insights">
      <i />
      <i />
      <i />
      <i />
    </div>
  );
}

function onKey(event) {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('dialog, input, select, textarea')) return;
  document.querySelector('[data-first-filter]')?.focus();
  event.preventDefault();
}
