// The tables of usage by model, feature, customer and user.

import { setTop, top, FEW, MANY } from '../analytics-query.js';
import { BREAKDOWNS, rowsOf } from '../breakdown.js';
import { BreakdownTable } from './breakdown-table.jsx';
import { Export } from './export.jsx';

export function Breakdowns({ read }) {
  return (
    <div class="breakdowns">
      {BREAKDOWNS.map((breakdown) => (
        <Breakdown key={breakdown.id} breakdown={breakdown} read={read} />
      ))}
    </div>
  );
}

function Breakdown({ breakdown, read }) {
  const { id, title } = breakdown;
  const rows = rowsOf(breakdown, read);
  const hasRest = rows.some((row) => row.values === null);
  const isLong = top.value === MANY;
  return (
    <section class={`breakdown of-${id}`} aria-labelledby={`${id}-title`} data-testid={id}>
      <div class="section-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {((hasRest && !isLong) || (isLong && rows.length > FEW)) && (
          <button type="button" class="small" onClick={() => setTop(isLong ? FEW : MANY)}>
            {isLong ? `Top ${FEW}` : `Top ${MANY}`}
          </button>
        )}
        <span class="space" />
        <Export what={title.toLowerCase()} rows={`A row for each ${title.slice(0, -1).toLowerCase()}`} read={read} onTable={() => save(breakdown, read)} />
      </div>
      {rows.length ? <BreakdownTable breakdown={breakdown} rows={rows} measure={read.asked.measure} /> : <p class="none">Nothing in this range</p>}
    </section>
  );
}

async function save(breakdown, read) {
  (await import('../usage-export.js')).exportBreakdown(breakdown, read);
}
