// The Prices page, put together.

import { useEffect } from 'preact/hooks';
import '../styles/prices.css';
import '../styles/price-table.css';
import '../styles/price-detail.css';
import '../styles/dialog.css';
import { closeTask, task } from '../price-task.js';
import { retry, retryAt, startPrices } from '../prices.js';
import { EndPrice } from './end-price.jsx';
import { Header } from './header.jsx';
import { PriceBar } from './price-bar.jsx';
import { PriceTable } from './price-table.jsx';
import { ReportedProviders } from './reported-providers.jsx';
import { Reprice } from './reprice.jsx';
import { SetPrice } from './set-price.jsx';
import { TaskDialog } from './task-dialog.jsx';
import { CatalogueProblem } from './catalogue.jsx';
import { Waiting } from './waiting.jsx';
import { Worklist } from './worklist.jsx';

const TASKS = {
  set: { title: 'Set a price', View: SetPrice },
  end: { title: 'End a price', View: EndPrice },
  reprice: { title: 'Reprice', View: Reprice },
};
const LOST = 'The server could not be reached. What is shown may be out of date. Click to try now.';

export function Prices() {
  useEffect(() => {
    const stop = startPrices();
    document.addEventListener('keydown', onKey);
    return () => {
      stop();
      closeTask();
      document.removeEventListener('keydown', onKey);
    };
  }, []);
  return (
    <div class="page">
      <a class="skip" href="#prices">
        Skip to the prices
      </a>
      <Header>{retryAt.value && <Waiting at={retryAt.value} title={LOST} onRetry={retry} />}</Header>
      <PriceBar />
      <main id="prices" tabIndex={-1} aria-label="Prices">
        <h1 class="unseen">Prices</h1>
        <div class="scroller" data-testid="scroller">
          <CatalogueProblem />
          <Worklist />
          <ReportedProviders />
          <PriceTable />
        </div>
      </main>
      <TaskDialog task={task.value} views={TASKS} onClose={closeTask} />
    </div>
  );
}

function onKey(event) {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('dialog, input, select, textarea')) return;
  document.getElementById('price-search')?.focus();
  event.preventDefault();
}
