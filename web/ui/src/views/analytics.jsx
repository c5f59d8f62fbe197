// The Analytics page, put together.

import { useEffect } from 'preact/hooks';
import '../styles/analytics.css';
import { choice, clearFilter, filter } from '../analytics-query.js';
import { isEmpty } from '../filter.js';
import { isCurrent, retry, startUsage, usage } from '../usage.js';
import { AnalyticsSkeleton } from './analytics-skeleton.jsx';
import { Breakdowns } from './breakdowns.jsx';
import { Failure } from './failure.jsx';
import { Header } from './header.jsx';
import { Lazy, loadFirstEvent } from './lazy.jsx';
import { Timeline } from './timeline.jsx';
import { Totals } from './totals.jsx';
import { UsageBar } from './usage-bar.jsx';
import { UsageConnection } from './usage-connection.jsx';

export function Analytics() {
  useEffect(() => {
    const stop = startUsage();
    document.addEventListener('keydown', onKey);
    return () => {
      stop();
      document.removeEventListener('keydown', onKey);
    };
  }, []);
  return (
    <div class="page">
      <a class="skip" href="#usage">
        Skip to the usage
      </a>
      <Header>
        <UsageConnection />
      </Header>
      <UsageBar choice={choice} shown={usage.value.value?.range} />
      <main id="usage" tabIndex={-1} aria-label="Analytics">
        <h1 class="unseen">Analytics</h1>
        <div class="scroller" data-testid="scroller">
          <Usage />
        </div>
      </main>
    </div>
  );
}

function Usage() {
  const read = usage.value.value;
  const problem = usage.problem.value;
  // What was refused for what it asks is not answered by what was asked before.
  if (problem && (!read || !problem.passes)) return <Failure what="The usage" problem={problem} onRetry={retry} />;
  if (!read) return <AnalyticsSkeleton />;
  return (
    <div class={`usage ${isCurrent.value ? '' : 'old'}`} aria-busy={!isCurrent.value}>
      <Totals read={read} />
      <Content read={read} />
    </div>
  );
}

function Content({ read }) {
  if (!read.everUsed) {
    return <Lazy load={loadFirstEvent}>Totals, a timeline and breakdowns appear here as events are recorded. Record one:</Lazy>;
  }
  const isNothing = read.totals.events === '0' && read.previous.events === '0';
  if (isNothing && !isEmpty(filter.value)) {
    return (
      <section class="notice">
        <h2>No event matches</h2>
        <p>No event has all of these values in this range, nor in the one before.</p>
        <button type="button" class="primary" onClick={clearFilter}>
          Clear the filter
        </button>
      </section>
    );
  }
  return (
    <>
      <Timeline />
      <Breakdowns read={read} />
    </>
  );
}

function onKey(event) {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('dialog, input, select, textarea')) return;
  document.querySelector('[data-first-filter]')?.focus();
  event.preventDefault();
}
