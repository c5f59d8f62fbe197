// One insight: its dollars, the figures behind them, and on demand how they come about.

import { placesOf } from '../amount.js';
import { AMOUNTS, KINDS, analyticsHref, priceHref } from '../insight.js';
import { CopyButton } from './copy-button.jsx';
import { Figures } from './figures.jsx';
import { Money } from './money.jsx';

export function Insight({ insight }) {
  const { kind, title, amountUsd, amountIs, subject, numbers, candidates } = insight;
  return (
    <li class="insight" data-testid="insight" data-kind={kind}>
      <p class="worth">
        <span class="amount">{amountUsd === null ? <span class="none">unknown</span> : <Money amount={amountUsd} />}</span>
        <span class="amount-is">{AMOUNTS[amountIs]}</span>
      </p>
      <div class="said">
        <p class="kind">{KINDS[kind]}</p>
        <h2>{title}</h2>
        <div class="behind">
          <Figures numbers={numbers} />
          {candidates.length > 0 && <Candidates candidates={candidates} />}
        </div>
        <a class="look" href={analyticsHref(subject)}>
          See this usage
        </a>
        <Explanation insight={insight} />
      </div>
    </li>
  );
}

function Candidates({ candidates }) {
  const places = Math.max(2, ...candidates.flatMap(({ costUsd, savingUsd }) => [costUsd, savingUsd].map(placesOf)));
  return (
    <div class="table-scroller">
      <table class="lines candidates">
        <thead>
          <tr>
            <th scope="col">Other model</th>
            <th scope="col" class="number">
              Would cost
            </th>
            <th scope="col" class="number">
              Saving
            </th>
          </tr>
        </thead>
        <tbody>
          {candidates.map((candidate) => (
            <tr key={`${candidate.provider} ${candidate.model}`}>
              <th scope="row">
                <a href={priceHref(candidate)}>{candidate.model}</a> <span class="per">{candidate.provider}</span>
                {candidate.source === 'OVERRIDE' && <span class="own"> own price</span>}
              </th>
              <td class="number">
                <Money amount={candidate.costUsd} places={places} />
              </td>
              <td class="number">
                <Money amount={candidate.savingUsd} places={places} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Explanation({ insight: { formula, assumption, query } }) {
  const variables = JSON.stringify(query.variables, null, 2);
  return (
    <>
      <details>
        <summary>Formula and assumption</summary>
        <dl class="words">
          <dt>Formula</dt>
          <dd>{formula}.</dd>
          <dt>Assumption</dt>
          <dd>{assumption}</dd>
        </dl>
      </details>
      <details>
        <summary>Query</summary>
        <p class="actions">
          <CopyButton text={query.document} label="Copy the query" />
          <CopyButton text={variables} label="Copy the variables" />
          <a class="hint" href="/graphql">
            It can be sent to /graphql as it is
          </a>
        </p>
        <pre class="command" tabIndex={0} aria-label="Query">
          {query.document}
        </pre>
        <pre class="command" tabIndex={0} aria-label="Variables">
          {variables}
        </pre>
      </details>
    </>
  );
}
