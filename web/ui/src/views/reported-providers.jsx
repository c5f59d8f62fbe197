// Whose reported costs count, with the way back to the price book.

import { serverNow } from '../graphql.js';
import { absolute, ago } from '../instant.js';
import { letReportedCostsCount, reportedProviders } from '../reported-providers.js';
import { isAdmin } from '../session.js';
import { RowAction } from './row-action.jsx';

export function ReportedProviders() {
  const all = reportedProviders.value.value;
  if (!all?.length) return null;
  return (
    <section class="reported-providers" aria-labelledby="reported-title">
      <h2 id="reported-title">Reported costs that count</h2>
      <p class="hint">What these providers and gateways say they charged is the cost of new and repriced events.</p>
      <ul>
        {all.map(({ provider, setAt, setBy }) => (
          <li key={provider}>
            <code>{provider}</code>{' '}
            <span class="ago" title={absolute(setAt)}>
              since {ago(setAt, serverNow())}, set by {setBy}
            </span>{' '}
            {isAdmin.value && (
              <RowAction
                label="Use the price book"
                name={`Use the price book for ${provider}`}
                onRun={() => letReportedCostsCount(provider, false)}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
